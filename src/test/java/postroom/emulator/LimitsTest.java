package postroom.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

class LimitsTest {
    private final Town town = Town.demo();

    @AfterEach
    void close() {
        town.close();
    }

    private static String send(Caller caller) throws Exception {
        return caller.message(Town.NOREPLY, "user@example.org", Town.mail(Town.NOREPLY));
    }

    @Test
    void the_fourth_connection_hears_432_after_the_final_dot_until_another_ends() throws Exception {
        List<Caller> callers = new ArrayList<>();
        for (int i = 0; i < 4; i++) callers.add(town.atExchange());

        for (Caller caller : callers.subList(0, 3)) assertThat(send(caller)).startsWith("250 ");
        assertThat(send(callers.get(3)))
                .isEqualTo(
                        "432 4.3.2 Concurrent connections limit exceeded. Visit"
                                + " https://aka.ms/concurrent_sending for more information."
                                + " [Hostname=AM5PR00MB0001.eurprd00.prod.outlook.com]");
        assertThat(town.emulator.microsoft().mostConnectionsSeen()).isEqualTo(4);
        callers.getFirst().say("QUIT");
        assertThat(callers.getFirst().reply()).isEmpty(); // the other side has closed, too
        assertThat(send(callers.get(3))).startsWith("250 ");

        for (Caller caller : callers) caller.close();
        assertThat(town.emulator.mailboxes().received()).isEqualTo(4);
    }

    @Test
    void the_thirty_first_message_of_a_minute_is_too_much() throws Exception {
        try (Caller caller = town.atExchange()) {
            for (int i = 0; i < 30; i++) assertThat(send(caller)).startsWith("250 ");
            assertThat(send(caller))
                    .isEqualTo(
                            "421 4.4.2 Message submission rate for this client has exceeded the"
                                    + " configured limit");
            assertThat(caller.reply()).isEmpty();
        }
        town.emulator.fastForward(Duration.ofMinutes(1));
        try (Caller caller = town.atExchange()) {
            assertThat(send(caller)).startsWith("250 ");
        }
    }

    @Test
    void recipients_of_a_day_are_counted() throws Exception {
        town.emulator.change(
                "limits: { recipients_per_day: 2, google: { recipients_per_day: 1 } }");

        try (Caller caller = town.atExchange();
                Caller other =
                        town.signedIn(town.emulator.google(), Town.BILLING, town.googleToken())) {
            assertThat(send(caller)).startsWith("250 ");
            assertThat(send(caller)).startsWith("250 ");
            assertThat(send(caller)).startsWith("550 5.1.90 ");
            town.emulator.fastForward(Duration.ofDays(1));
            assertThat(send(caller)).startsWith("250 ");
            assertThat(other.message(Town.BILLING, "a@example.org", Town.mail(Town.BILLING)))
                    .startsWith("250 ");
            assertThat(other.message(Town.BILLING, "a@example.org", Town.mail(Town.BILLING)))
                    .startsWith(
                            "550-5.4.5 Daily user sending limit exceeded. For more information on"
                                    + " Gmail");
        }
    }

    @Test
    void a_message_has_only_so_many_recipients() throws Exception {
        town.emulator.change("limits: { recipients_per_message: 1 }");

        try (Caller caller = town.atExchange()) {
            caller.say("MAIL FROM:<" + Town.NOREPLY + ">");
            caller.say("RCPT TO:<a@example.org>");
            assertThat(caller.say("RCPT TO:<b@example.org>"))
                    .isEqualTo("452 4.5.3 Too many recipients");
        }
    }

    @Test
    void a_group_of_commands_costs_one_round_trip() throws Exception {
        town.emulator.change("delay: { round_trip: 100ms }");

        try (Caller caller = town.atExchange()) {
            long before = System.nanoTime();
            caller.send(
                    "MAIL FROM:<"
                            + Town.NOREPLY
                            + ">\r\n"
                            + "RCPT TO:<a@example.org>\r\n"
                            + "RCPT TO:<b@example.org>\r\n"
                            + "DATA\r\n");
            for (int i = 0; i < 4; i++) caller.reply();
            Duration group = Duration.ofNanos(System.nanoTime() - before);
            caller.say(Town.mail(Town.NOREPLY) + "\r\n.");
            before = System.nanoTime();
            for (int i = 0; i < 4; i++) caller.say("NOOP");
            Duration oneByOne = Duration.ofNanos(System.nanoTime() - before);

            assertThat(group).isGreaterThan(Duration.ofMillis(95)).isLessThan(oneByOne);
            assertThat(oneByOne).isGreaterThan(Duration.ofMillis(395));
        }
    }

    @Test
    void bodies_are_kept_up_to_a_number_and_all_are_counted() throws Exception {
        try (Town small = new Town(EmulatorScript.demo().withoutLimits().keeping(2));
                Caller caller = small.atExchange()) {
            for (int i = 0; i < 40; i++) assertThat(send(caller)).startsWith("250 ");

            assertThat(small.emulator.mailboxes().received()).isEqualTo(40);
            assertThat(small.emulator.mailboxes().messages())
                    .extracting(ReceivedMessage::number)
                    .containsExactly(39L, 40L);
        }
    }
}
