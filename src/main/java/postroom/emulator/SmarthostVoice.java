package postroom.emulator;

import postroom.emulator.EmulatorScript.Smarthost;

import java.util.Locale;

/// A plain smarthost, with a user name and password or with nothing at all.
final class SmarthostVoice extends Voice {
    private final String host;
    private final Smarthost smarthost;

    SmarthostVoice(String host, Smarthost smarthost) {
        this.host = host;
        this.smarthost = smarthost;
    }

    @Override
    String greeting() {
        return "220 " + host + " ESMTP";
    }

    @Override
    String hello(String domain, boolean secured) {
        StringBuilder reply = new StringBuilder("250-" + host + "\n");
        reply.append("250-PIPELINING\n250-SIZE ").append(sizeLimit()).append('\n');
        if (smarthost.startTls() && !secured) reply.append("250-STARTTLS\n");
        if (smarthost.wantsAuth() && (secured || !wantsTls()))
            reply.append("250-AUTH ").append(String.join(" ", smarthost.mechanisms())).append('\n');
        return reply.append(
                        "250-ENHANCEDSTATUSCODES\n"
                                + "250-8BITMIME\n"
                                + "250-DSN\n"
                                + "250-SMTPUTF8\n"
                                + "250 CHUNKING")
                .toString();
    }

    @Override
    boolean offers(String mechanism, boolean secured) {
        return (secured || !wantsTls())
                && smarthost.mechanisms().contains(mechanism.toUpperCase(Locale.ROOT));
    }

    @Override
    boolean offersStartTls() {
        return smarthost.startTls();
    }

    @Override
    boolean wantsTls() {
        return smarthost.requireTls();
    }

    @Override
    boolean wantsAuth() {
        return smarthost.wantsAuth();
    }

    @Override
    int sizeLimit() {
        return 26_214_400;
    }

    @Override
    String noStartTls() {
        return "502 5.5.1 Command not implemented";
    }

    @Override
    String refused(Verdict.Reason reason) {
        return "535 5.7.8 Authentication credentials invalid";
    }

    @Override
    String accepted(String messageId) {
        return "250 2.0.0 OK queued as " + Chance.hex(12).toUpperCase(Locale.ROOT);
    }
}
