"""Variables on their way between servers: jobs that need no page, and the page's own way by HTTP."""
