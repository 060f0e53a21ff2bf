"use strict";
// Nothing is kept between visits: what is typed into "Authorize" is a key.
window.addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("operations");
  window.SwaggerUIBundle({
    domNode: place,
    url: place.dataset.document,
    validatorUrl: null,
    deepLinking: true,
    displayOperationId: true,
    displayRequestDuration: true,
    defaultModelsExpandDepth: 0,
    defaultModelExpandDepth: 3,
    persistAuthorization: false,
    queryConfigEnabled: false,
    tryItOutEnabled: true,
    presets: [window.SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
  });
});
