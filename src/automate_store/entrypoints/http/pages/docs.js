// Nothing is fetched from elsewhere: the validator's badge is switched off. This Swagger UI
// reads OpenAPI 3.0; the document of record, in 3.1, is at /openapi.json.
window.ui = SwaggerUIBundle({
  url: "/docs/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  validatorUrl: null,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  persistAuthorization: true,
  tryItOutEnabled: true,
  presets: [SwaggerUIBundle.presets.apis],
});
