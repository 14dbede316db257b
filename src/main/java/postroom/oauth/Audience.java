package postroom.oauth;

/// Whom an access token is for.
public final class Audience {

    private static final String GRAPH = "00000003-0000-0000-c000-000000000000";

    private Audience() {}

    /// True for Microsoft Graph, in any cloud; no mail server takes such a token.
    public static boolean isGraph(String audience) {
        return audience.contains("graph.microsoft")
                || audience.contains("microsoftgraph.")
                || audience.equals(GRAPH);
    }
}
