package postroom.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.web.filter.OncePerRequestFilter;

import java.io.IOException;

/// Every body has a limit before it has a buffer: what one message may be where messages come in,
/// one megabyte elsewhere.
final class BodyLimit extends OncePerRequestFilter {

    private static final long ELSEWHERE = 1024 * 1024;

    private final WebSettings settings;

    BodyLimit(WebSettings settings) {
        this.settings = settings;
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        boolean isSubmission =
                request.getRequestURI().matches("/v1/messages(/mime|/batch)?")
                        && request.getMethod().equals("POST");
        long limit = isSubmission ? settings.maxSubmission() : ELSEWHERE;
        if (request.getContentLengthLong() > limit)
            Problems.write(new TooLarge(limit).problem(), request, response);
        else chain.doFilter(new Limited(request, limit), response);
    }

    /// More came than was allowed.
    static final class TooLarge extends IOException {
        private static final long serialVersionUID = 1;
        private final long limit;

        TooLarge(long limit) {
            super("the body is larger than " + limit + " octets");
            this.limit = limit;
        }

        Problem problem() {
            return new Problem(
                    413,
                    "Too large",
                    "The body is larger than the " + limit + " octets that are taken here.");
        }
    }

    private static final class Limited extends HttpServletRequestWrapper {
        private final long limit;

        Limited(HttpServletRequest request, long limit) {
            super(request);
            this.limit = limit;
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            return new Counted(super.getInputStream(), limit);
        }
    }

    private static final class Counted extends ServletInputStream {
        private final ServletInputStream in;
        private final long limit;
        private long count;

        Counted(ServletInputStream in, long limit) {
            this.in = in;
            this.limit = limit;
        }

        @Override
        public int read() throws IOException {
            int octet = in.read();
            if (octet >= 0) count(1);
            return octet;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int octets = in.read(into, offset, length);
            if (octets > 0) count(octets);
            return octets;
        }

        private void count(int octets) throws IOException {
            count += octets;
            if (count > limit) throw new TooLarge(limit);
        }

        @Override
        public boolean isFinished() {
            return in.isFinished();
        }

        @Override
        public boolean isReady() {
            return in.isReady();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            in.setReadListener(listener);
        }
    }
}
