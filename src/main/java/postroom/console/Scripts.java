package postroom.console;

/// Whether scripts run in a browser, as it says itself: then parts of a page renew themselves, and
/// the whole of it need not be loaded again.
final class Scripts {

    static final String COOKIE = "postroom_scripts";

    private Scripts() {}

    static boolean areOn(String cookie) {
        return cookie.equals("on");
    }
}
