//! `slotbridge admin practitioners`

use super::job::{Body, Column, Job, PageArgs};
use crate::http::Call;

const COLUMNS: &[Column] = &[
    ("ID", "/practitionerId"),
    ("NAME", "/name"),
    ("ACTIVE", "/active"),
    ("PMS RESOURCES", "/pmsResourceIds"),
];

const RESOURCES: &[Column] = &[
    ("ID", "/pmsResourceId"),
    ("NAME", "/pmsResourceName"),
    ("LIVE", "/live"),
    ("PRACTITIONER", "/practitionerId"),
];

/// Practitioners, and the PMS's resources that they are linked to
#[derive(clap::Subcommand)]
#[command(after_help = "Example: slotbridge admin practitioners list 1")]
pub(super) enum Command {
    /// Lists practitioners
    #[command(after_help = "Example: slotbridge admin practitioners list 1")]
    List {
        /// The practice's id
        practice: i64,
        #[command(flatten)]
        page: PageArgs,
    },
    /// Lists the resources that the PMS has sent
    #[command(after_help = "Example: slotbridge admin practitioners pms-resources 1")]
    PmsResources {
        /// The practice's id
        practice: i64,
        #[command(flatten)]
        page: PageArgs,
    },
    /// Makes a practitioner
    #[command(after_help = "\
Example: slotbridge admin practitioners create 1 --name \"Dr Jane Roe\" --link 12345")]
    Create {
        /// The practice's id
        practice: i64,
        #[command(flatten)]
        details: Details,
        /// A resource of the PMS to link to; may be given several times
        #[arg(long = "link", value_name = "PMS-RESOURCE")]
        links: Option<Vec<String>>,
    },
    /// Links a practitioner to these resources of the PMS and no others
    #[command(after_help = "\
Examples:
  slotbridge admin practitioners link 1 3 12345 12346
  slotbridge admin practitioners link 1 3              to none any more")]
    Link {
        /// The practice's id
        practice: i64,
        /// The practitioner's id
        practitioner: i64,
        /// The PMS's ids of the resources
        #[arg(value_name = "PMS-RESOURCE")]
        links: Vec<String>,
    },
    /// Changes a practitioner; what is not given stays, and an empty text unsets
    #[command(after_help = "\
Example: slotbridge admin practitioners update 1 3 --name \"Dr Jane Roe\" --active false")]
    Update {
        /// The practice's id
        practice: i64,
        /// The practitioner's id
        practitioner: i64,
        #[command(flatten)]
        details: Details,
        /// Whether patients can book
        #[arg(long, value_name = "true|false")]
        active: Option<bool>,
    },
}

#[derive(clap::Args)]
pub(super) struct Details {
    /// The name that patients see
    #[arg(long)]
    name: Option<String>,
    /// Title
    #[arg(long)]
    title: Option<String>,
    /// First name
    #[arg(long)]
    firstname: Option<String>,
    /// Last name
    #[arg(long)]
    lastname: Option<String>,
}

impl Details {
    fn body(self) -> Body {
        Body::default()
            .with("name", self.name)
            .text("title", self.title)
            .text("firstname", self.firstname)
            .text("lastname", self.lastname)
    }
}

impl Command {
    pub(super) fn job(self) -> Job {
        let all = |practice: i64| format!("practices/{practice}/practitioners");
        match self {
            Self::List { practice, page } => {
                Job::list(Call::get(all(practice)).with("page", page.page), COLUMNS)
            }
            Self::PmsResources { practice, page } => {
                let call = Call::get(format!("practices/{practice}/pmsResources"));
                Job::list(call.with("page", page.page), RESOURCES)
            }
            Self::Create {
                practice,
                details,
                links,
            } => {
                let body = details.body().with("pmsResourceIds", links);
                Job::one(Call::post(all(practice), body.into()))
            }
            Self::Link {
                practice,
                practitioner,
                links,
            } => {
                let body = Body::default().with("pmsResourceIds", Some(links));
                let path = format!("{}/{practitioner}", all(practice));
                Job::one(Call::patch(path, body.into()))
            }
            Self::Update {
                practice,
                practitioner,
                details,
                active,
            } => {
                let body = details.body().with("active", active);
                let path = format!("{}/{practitioner}", all(practice));
                Job::one(Call::patch(path, body.into()))
            }
        }
    }
}
