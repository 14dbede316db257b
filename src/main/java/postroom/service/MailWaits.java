package postroom.service;

/// A service cannot be forgotten while mail is owed through it: nobody would send it any more.
public final class MailWaits extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final long recipients;

    MailWaits(long recipients) {
        super(recipients + " recipients wait for the service or are held", null, false, false);
        this.recipients = recipients;
    }

    public long recipients() {
        return recipients;
    }
}
