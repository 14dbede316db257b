package postroom.intake;

/// What the owner has set for the counter.
///
/// @param hostname what we call ourselves in `Received`
/// @param maxSize of the content, in octets
/// @param refusesBareLineEndings a bare CR or LF over SMTP is refused instead of made a line end
/// @param tellsSenders reports go to the reverse-path
public record IntakeSettings(
        String hostname,
        long maxSize,
        int maxRecipients,
        boolean refusesBareLineEndings,
        boolean tellsSenders) {

    /// With reports.
    public IntakeSettings(
            String hostname, long maxSize, int maxRecipients, boolean refusesBareLineEndings) {
        this(hostname, maxSize, maxRecipients, refusesBareLineEndings, true);
    }
}
