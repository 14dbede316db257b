package postroom.web;

import org.springframework.web.util.HtmlUtils;

/// The page a person sees when something cannot be answered; it depends on nothing that could fail,
/// too.
final class ProblemPage {
    private ProblemPage() {}

    static String of(Problem problem) {
        return """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>%1$s - Postroom</title><link rel="stylesheet" href="/assets/postroom.css"></head>
        <body><main class="narrow"><h1>%1$s</h1><p>%2$s</p>
        <p><a href="/">Back to the dashboard</a></p></main></body></html>
        """
                .formatted(
                        HtmlUtils.htmlEscape(problem.title()),
                        HtmlUtils.htmlEscape(problem.detail()));
    }
}
