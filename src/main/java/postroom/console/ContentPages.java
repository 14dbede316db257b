package postroom.console;

import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.ContentDisposition;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;

import postroom.access.Role;
import postroom.mail.Content;
import postroom.mail.QueueId;
import postroom.preview.Part;
import postroom.preview.Preview;
import postroom.queue.MessageRow;
import postroom.queue.Queue;
import postroom.web.Allowed;
import postroom.web.Problem;
import postroom.web.Visitor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// What a message looks like, for owners and operators: those who may read other people's mail.
/// HTML comes from an address of its own with a policy of its own, and stands in a frame that may
/// do nothing; files are downloaded, never shown.
@Controller
class ContentPages {

    private static final int MOST_SOURCE = 200_000;

    private final Queue queue;

    ContentPages(Queue queue) {
        this.queue = queue;
    }

    record Attachment(int number, String name, String type, Size size) {
        static Attachment of(Part part) {
            return new Attachment(part.number(), part.name(), part.type(), Size.of(part.size()));
        }
    }

    /// @param shows `text`, `html` or `source`
    @GetMapping("/messages/{id}/content")
    @Allowed({Role.OWNER, Role.OPERATOR})
    String look(
            Visitor visitor,
            @PathVariable("id") String id,
            @RequestParam(name = "as", defaultValue = "") String shows,
            Model model)
            throws IOException {
        var row = known(id);
        var content = content(row);
        var preview = Preview.of(content);
        var as = shown(shows, preview);
        queue.inspected(row.id(), visitor.name(), as);
        model.addAttribute("id", row.id().toString());
        model.addAttribute("subject", row.subject());
        model.addAttribute("as", as);
        model.addAttribute("preview", preview);
        model.addAttribute(
                "attachments", preview.attachments().stream().map(Attachment::of).toList());
        if (as.equals("html")) model.addAttribute("html", Preview.html(content).orElse(null));
        if (as.equals("source")) model.addAttribute("source", Preview.source(content, MOST_SOURCE));
        return "content";
    }

    private static String shown(String wanted, Preview preview) {
        if (wanted.equals("source")) return wanted;
        if (wanted.equals("html") && preview.hasHtml()) return wanted;
        if (wanted.equals("text") && preview.text().isPresent()) return wanted;
        return preview.hasHtml() ? "html" : preview.text().isPresent() ? "text" : "source";
    }

    /// For the frame, see [postroom.web.PageHeaders].
    @GetMapping("/messages/{id}/content/html")
    @Allowed({Role.OWNER, Role.OPERATOR})
    void html(@PathVariable("id") String id, HttpServletResponse response) throws IOException {
        var html =
                Preview.html(content(known(id)))
                        .orElseThrow(() -> Problem.notFound("There is no HTML in this message."));
        response.setContentType("text/html;charset=utf-8");
        response.setHeader("Cache-Control", "no-store");
        response.getOutputStream().write(html.document().getBytes(StandardCharsets.UTF_8));
    }

    @GetMapping("/messages/{id}/content/parts/{number:[0-9]{1,4}}")
    @Allowed({Role.OWNER, Role.OPERATOR})
    void part(
            Visitor visitor,
            @PathVariable("id") String id,
            @PathVariable("number") int number,
            HttpServletResponse response)
            throws IOException {
        var row = known(id);
        var content = content(row);
        queue.inspected(row.id(), visitor.name(), "attachment");
        var found =
                Preview.part(
                        content,
                        number,
                        part -> {
                            download(response, nameOf(part));
                            return response.getOutputStream();
                        });
        if (found.isEmpty()) throw Problem.notFound("There is no such part in this message.");
    }

    private static String nameOf(Part part) {
        return part.name().isEmpty() ? "part-" + part.number() : part.name();
    }

    @GetMapping("/messages/{id}/content/message.eml")
    @Allowed({Role.OWNER, Role.OPERATOR})
    void whole(Visitor visitor, @PathVariable("id") String id, HttpServletResponse response)
            throws IOException {
        var row = known(id);
        var content = content(row);
        queue.inspected(row.id(), visitor.name(), "message");
        download(response, row.id() + ".eml");
        content.writeTo(response.getOutputStream());
    }

    /// Never shown by a browser, whatever it claims to be.
    private static void download(HttpServletResponse response, String name) {
        response.setContentType("application/octet-stream");
        response.setHeader("Cache-Control", "no-store");
        response.setHeader(
                "Content-Disposition",
                ContentDisposition.attachment()
                        .filename(name, StandardCharsets.UTF_8)
                        .build()
                        .toString());
    }

    private Content content(MessageRow row) {
        return queue.content(row.id())
                .orElseThrow(() -> Problem.notFound("The content of this message was erased."));
    }

    private MessageRow known(String id) {
        return QueueId.parse(id)
                .flatMap(queue::message)
                .orElseThrow(() -> Problem.notFound("There is no such message."));
    }
}
