// Starts Swagger UI in place of the plain list of operations. A file of its own: the CSP allows no inline script.
const place = document.getElementById("swagger-ui");
place.classList.add("swagger-sheet");
// Swagger UI draws its list of servers without a name for screen readers, and draws it anew at will.
const nameLists = () => {
  for (const list of place.querySelectorAll("select:not([aria-label])")) {
    list.setAttribute("aria-label", list.closest("label, tr, .servers")?.innerText.split("\n")[0] || "Servers");
  }
};
new MutationObserver(nameLists).observe(place, { childList: true, subtree: true });
window.SwaggerUIBundle({
  url: place.dataset.url,
  domNode: place,
  presets: [window.SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  validatorUrl: null,
});
