// Starts Swagger UI in place of the plain list of operations. A file of its own: the CSP allows no inline script.
const place = document.getElementById("swagger-ui");
window.SwaggerUIBundle({
  url: place.dataset.url,
  domNode: place,
  presets: [window.SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  validatorUrl: null,
});
