// Runs before the first paint, so that what scripts will fold away is never
// shown and then pulled from under the reader. Everything else is deferred.
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("js-enabled", "govuk-frontend-supported");
}
