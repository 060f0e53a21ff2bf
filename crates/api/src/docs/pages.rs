//! The pages: an index of the faces, and one page for each.

use super::assets::url;
use crate::openapi::Face;

/// The index.
pub(super) fn index(faces: &[&Face]) -> String {
    let card = |face: &&Face| {
        format!(
            "<li><h2><a href=\"/docs/{name}\">{title}</a></h2>\
             <p><code>{base}</code></p><p>{lead}</p><p class=\"keys\">{keys}</p>\
             <p class=\"links\"><a href=\"/docs/{name}\">Read and call</a> · \
             <a href=\"/docs/{name}.json\">OpenAPI 3.1</a></p></li>",
            name = face.name,
            title = face.title,
            base = if face.base.is_empty() { "/" } else { face.base },
            lead = face.lead,
            keys = face.keys,
        )
    };
    let cards: Vec<String> = faces.iter().map(card).collect();
    page(
        "Slotbridge APIs",
        None,
        faces,
        "",
        &format!(
            "<h1>The APIs of this hub</h1>\
             <p class=\"lead\">Each can be read and called here, on the hub that you are looking at: \
             what you send is done. Give your keys under <em>Authorize</em>; they stay in the open \
             page and are forgotten with it.</p><ul class=\"faces\">{}</ul>",
            cards.join("\n")
        ),
    )
}

/// A face's page.
pub(super) fn face(face: &Face, faces: &[&Face]) -> String {
    let head = format!(
        "<link rel=\"stylesheet\" href=\"{}\">\n<script src=\"{}\" defer></script>\n\
         <script src=\"{}\" defer></script>",
        url("swagger-ui.css"),
        url("swagger-ui-bundle.js"),
        url("page.js"),
    );
    let body = format!(
        "<div id=\"operations\" data-document=\"/docs/{name}.json\"></div>\
         <noscript><p>This page needs JavaScript; \
         <a href=\"/docs/{name}.json\">the document</a> does not.</p></noscript>",
        name = face.name
    );
    let title = format!("{} - Slotbridge", face.title);
    page(&title, Some(face), faces, &head, &body)
}

fn page(title: &str, current: Option<&Face>, faces: &[&Face], head: &str, body: &str) -> String {
    let link = |face: &&Face| {
        let here = current.is_some_and(|current| current.name == face.name);
        let mark = if here { " aria-current=\"page\"" } else { "" };
        format!("<a href=\"/docs/{}\"{mark}>{}</a>", face.name, face.title)
    };
    let links: Vec<String> = faces.iter().map(link).collect();
    let document = current.map_or_else(String::new, |face| {
        format!(
            "<a class=\"document\" href=\"/docs/{}.json\">OpenAPI 3.1 document</a>",
            face.name
        )
    });
    // The styles of ours come last: they mend those of Swagger UI.
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>{title}</title>\n\
         <link rel=\"icon\" href=\"data:,\">\n{head}\n<link rel=\"stylesheet\" href=\"{css}\">\n\
         </head>\n<body>\n<header class=\"bar\"><nav aria-label=\"APIs\">\
         <a class=\"name\" href=\"/docs\">Slotbridge</a>\n{links}\n{document}</nav></header>\n\
         <main>{body}</main>\n</body>\n</html>\n",
        css = url("page.css"),
        links = links.join("\n"),
    )
}
