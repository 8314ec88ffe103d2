// The stream of changes. What comes is finished HTML, put into place by its id and data-live.
