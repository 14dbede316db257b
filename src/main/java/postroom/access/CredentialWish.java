package postroom.access;

import postroom.mail.Legible;
import postroom.secret.Secret;
import postroom.service.Services;
import postroom.service.Usage;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// A credential as somebody wrote it down: in a call, in a form. Read at once, with everything that
/// is wrong.
///
/// @param usage words; none: any usage
/// @param services names or IDs; none: any service
/// @param withoutAuth where nothing is said, whoever lists networks means the devices on them
public record CredentialWish(
        String name,
        List<String> senders,
        List<String> networks,
        List<String> usage,
        List<String> services,
        Optional<Boolean> withoutAuth,
        Optional<String> smtpUsername,
        Optional<Secret> smtpPassword) {

    private static final int SHORTEST_PASSWORD = 12;
    private static final int LONGEST_PASSWORD = 200;
    private static final int LONGEST = 300;
    private static final int MOST = 1_000;

    public CredentialWish {
        senders = List.copyOf(senders);
        networks = List.copyOf(networks);
        usage = List.copyOf(usage);
        services = List.copyOf(services);
    }

    /// What can be wrong.
    public enum Wrong {
        NAME("A credential has a name of 1 to 100 characters."),
        HIDING_NAME("The name {}."),
        NO_SENDER("Name who it may send as, such as *@example.com; * is anybody."),
        SENDER("A sender is an address, *@example.com, *@*.example.com or *."),
        NETWORK("\"{}\" is not an IP address or a CIDR block."),
        NO_NETWORK("A credential without AUTH names the networks it is for."),
        USAGE("usage is transactional or marketing."),
        SERVICE("There is no service \"{}\"."),
        USERNAME("An SMTP user name has 1 to 100 printable ASCII characters, no blanks."),
        PASSWORD(
                "A chosen password has "
                        + SHORTEST_PASSWORD
                        + " to "
                        + LONGEST_PASSWORD
                        + " characters; leave it out to get a better one."),
        TOO_MANY("At most " + MOST + " of them.");

        private final String sentence;

        Wrong(String sentence) {
            this.sentence = sentence;
        }
    }

    /// @param field as the API names it, such as `senders[0]`
    /// @param given what was written there, fit to be shown
    public record Trouble(String field, Wrong what, String given) {
        public String message() {
            return what.sentence.replace("{}", given);
        }
    }

    /// What came of reading: usable only where there is no trouble.
    public record Read(NewCredential wanted, List<Trouble> troubles) {}

    public Read read(Services known) {
        var troubles = new ArrayList<Trouble>();
        boolean isWithoutAuth = withoutAuth.orElse(!networks.isEmpty());
        var wanted =
                new NewCredential(
                        readName(troubles),
                        readSenders(troubles),
                        readNetworks(troubles),
                        readUsages(troubles),
                        readServices(known, troubles),
                        isWithoutAuth,
                        smtpUsername,
                        smtpPassword);
        if (smtpUsername.filter(it -> !it.matches("[!-~]{1,100}")).isPresent())
            troubles.add(new Trouble("smtp_username", Wrong.USERNAME, ""));
        if (smtpPassword.filter(it -> !isLongEnough(it.value())).isPresent())
            troubles.add(new Trouble("smtp_password", Wrong.PASSWORD, ""));
        if (isWithoutAuth && networks.isEmpty())
            troubles.add(new Trouble("networks", Wrong.NO_NETWORK, ""));
        return new Read(wanted, List.copyOf(troubles));
    }

    private static boolean isLongEnough(String password) {
        return password.length() >= SHORTEST_PASSWORD && password.length() <= LONGEST_PASSWORD;
    }

    private String readName(List<Trouble> troubles) {
        var stripped = name.strip();
        if (stripped.isEmpty() || stripped.length() > 100)
            troubles.add(new Trouble("name", Wrong.NAME, ""));
        Legible.objectionToName(stripped)
                .ifPresent(it -> troubles.add(new Trouble("name", Wrong.HIDING_NAME, it)));
        return stripped;
    }

    private List<String> readSenders(List<Trouble> troubles) {
        if (senders.isEmpty()) troubles.add(new Trouble("senders", Wrong.NO_SENDER, ""));
        if (isTooMany("senders", senders, troubles)) return List.of();
        for (int i = 0; i < senders.size(); i++) {
            var pattern = senders.get(i);
            if (pattern.length() > LONGEST || !pattern.matches("\\*|([^\\s@]+)?@?[^\\s@]*[^\\s@.]"))
                troubles.add(new Trouble("senders[" + i + "]", Wrong.SENDER, shown(pattern)));
        }
        return senders;
    }

    private List<Network> readNetworks(List<Trouble> troubles) {
        var read = new ArrayList<Network>();
        if (isTooMany("networks", networks, troubles)) return read;
        for (int i = 0; i < networks.size(); i++) {
            try {
                read.add(Network.of(networks.get(i)));
            } catch (IllegalArgumentException notANetwork) {
                var field = "networks[" + i + "]";
                troubles.add(new Trouble(field, Wrong.NETWORK, shown(networks.get(i))));
            }
        }
        return read;
    }

    private Set<Usage> readUsages(List<Trouble> troubles) {
        var read = EnumSet.noneOf(Usage.class);
        for (var word : usage) {
            Optional<Usage> known = Optional.empty();
            for (var one : Usage.values())
                if (one.name().toLowerCase(Locale.ROOT).equals(word)) known = Optional.of(one);
            if (known.isPresent()) read.add(known.get());
            else troubles.add(new Trouble("usage", Wrong.USAGE, shown(word)));
        }
        return read;
    }

    private Set<Long> readServices(Services known, List<Trouble> troubles) {
        var read = new HashSet<Long>();
        if (isTooMany("services", services, troubles)) return read;
        for (int i = 0; i < services.size(); i++) {
            var found = known.find(services.get(i));
            if (found.isPresent()) read.add(found.get().id());
            else {
                var field = "services[" + i + "]";
                troubles.add(new Trouble(field, Wrong.SERVICE, shown(services.get(i))));
            }
        }
        return read;
    }

    private static boolean isTooMany(String field, List<String> given, List<Trouble> troubles) {
        if (given.size() > MOST) troubles.add(new Trouble(field, Wrong.TOO_MANY, ""));
        return given.size() > MOST;
    }

    private static String shown(String text) {
        var printable = text.replaceAll("\\p{Cntrl}", "?");
        return printable.length() <= 100 ? printable : printable.substring(0, 100) + "…";
    }
}
