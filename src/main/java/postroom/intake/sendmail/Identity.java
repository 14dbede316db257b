package postroom.intake.sendmail;

import postroom.mail.Address;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Optional;

/// The user this command runs as.
///
/// @param host the name of this machine, put behind names without a domain
record Identity(String user, String host) {

    Address own() throws Sysexit {
        return address(user, Sysexit.DATAERR);
    }

    Address address(String mailbox, int exitCode) throws Sysexit {
        try {
            return Address.of(mailbox.indexOf('@') < 0 ? mailbox + "@" + host : mailbox);
        } catch (IllegalArgumentException notAnAddress) {
            throw new Sysexit(
                    exitCode,
                    "this is not an address: "
                            + CommandLine.shown(mailbox)
                            + " ("
                            + notAnAddress.getMessage()
                            + ")");
        }
    }

    Optional<Address> reversePath(String text) throws Sysexit {
        refuseControls(text);
        if (text.isBlank() || text.strip().equals("<>")) return Optional.empty();
        var mailboxes = AddressList.read(text);
        if (mailboxes.size() != 1)
            throw new Sysexit(
                    Sysexit.USAGE, "-f takes one address, not " + CommandLine.shown(text));
        return Optional.of(address(mailboxes.getFirst(), Sysexit.USAGE));
    }

    /// What comes from the command line has one line; more would be somebody's attempt to write
    /// into the header section.
    static void refuseControls(String text) throws Sysexit {
        for (int i = 0; i < text.length(); i++)
            if (Character.isISOControl(text.charAt(i)))
                throw new Sysexit(
                        Sysexit.USAGE,
                        "an address holds a control character: " + CommandLine.shown(text));
    }

    static String mailbox(String name, Address address) throws Sysexit {
        if (name.isBlank()) return address.toString();
        boolean ascii = true;
        for (int i = 0; i < name.length(); i++) {
            if (Character.isISOControl(name.charAt(i)))
                throw new Sysexit(Sysexit.USAGE, "-F holds a control character");
            ascii &= name.charAt(i) < 0x7f;
        }
        if (name.length() > 120)
            throw new Sysexit(Sysexit.USAGE, "-F is longer than 120 characters");
        var shown =
                ascii
                        ? "\"" + name.replace("\\", "\\\\").replace("\"", "\\\"") + "\""
                        : encodedWords(name);
        return shown + " <" + address + ">";
    }

    // RFC 2047 §2: an encoded word has at most 75 characters, so at most 45 octets of text
    private static String encodedWords(String name) {
        var words = new StringBuilder();
        var word = new StringBuilder();
        for (int i = 0; i <= name.length(); ) {
            int point = i < name.length() ? name.codePointAt(i) : -1;
            var grown = new StringBuilder(word);
            if (point >= 0) grown.appendCodePoint(point);
            if (point < 0 || grown.toString().getBytes(StandardCharsets.UTF_8).length > 42) {
                var octets = word.toString().getBytes(StandardCharsets.UTF_8);
                if (!words.isEmpty()) words.append("\r\n ");
                words.append("=?utf-8?B?")
                        .append(Base64.getEncoder().encodeToString(octets))
                        .append("?=");
                word.setLength(0);
            }
            if (point < 0) break;
            word.appendCodePoint(point);
            i += Character.charCount(point);
        }
        return words.toString();
    }

    // RFC 5322 §3.3, written by hand: a formatter would take longer to load than the rest
    static String date(Instant now) {
        var time = LocalDateTime.ofEpochSecond(now.getEpochSecond(), 0, ZoneOffset.UTC);
        int day = time.getDayOfWeek().getValue() * 3 - 3;
        int month = time.getMonthValue() * 3 - 3;
        return "MonTueWedThuFriSatSun".substring(day, day + 3)
                + ", "
                + time.getDayOfMonth()
                + " "
                + "JanFebMarAprMayJunJulAugSepOctNovDec".substring(month, month + 3)
                + " "
                + time.getYear()
                + " "
                + twoDigits(time.getHour())
                + ":"
                + twoDigits(time.getMinute())
                + ":"
                + twoDigits(time.getSecond())
                + " +0000";
    }

    private static String twoDigits(int number) {
        return number < 10 ? "0" + number : Integer.toString(number);
    }
}
