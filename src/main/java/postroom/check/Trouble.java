package postroom.check;

import postroom.check.CheckStep.Name;
import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.Condition;
import postroom.mail.Diagnostic.NoAnswer;
import postroom.mail.Diagnostic.SmtpReply;
import postroom.mail.Diagnostic.Stage;

import java.time.Duration;

/// Where a check ended, and what was said there.
record Trouble(Name at, Diagnostic diagnostic, Duration took) {

    static Stage stageOf(Diagnostic diagnostic) {
        return switch (diagnostic) {
            case SmtpReply(var stage, _) -> stage;
            case NoAnswer(var stage, _) -> stage;
            case Diagnostic.OAuthError _ -> Stage.TOKEN;
            case Diagnostic.HttpAnswer _ -> Stage.API;
            case Condition condition -> stageOf(condition);
        };
    }

    // The conditions a transport finds before MAIL have to do with what the server offers after
    // EHLO.
    private static Stage stageOf(Condition condition) {
        return switch (condition.name()) {
            case "auth-not-offered", "xoauth2-not-offered", "only-oauth2-offered" -> Stage.AUTH;
            case "starttls-not-offered", "tls-settings-unusable" -> Stage.TLS;
            case "greeting-not-220" -> Stage.GREETING;
            case "ehlo-name-unusable" -> Stage.EHLO;
            default -> Stage.MAIL;
        };
    }
}
