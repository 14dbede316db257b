package postroom;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A way to a port of this machine that can be pulled out: nothing comes through any more, and
/// nobody is told, as when a switch dies. Put in again, what was on its way arrives.
final class Cable implements AutoCloseable {

    private final ServerSocket here;
    private final int there;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition putIn = lock.newCondition();
    private boolean out;

    Cable(int there) throws IOException {
        this.there = there;
        here = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("cable").start(this::accept);
    }

    int port() {
        return here.getLocalPort();
    }

    void pullOut() {
        set(true);
    }

    void putIn() {
        set(false);
    }

    private void set(boolean nowOut) {
        lock.lock();
        try {
            out = nowOut;
            putIn.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void accept() {
        while (!here.isClosed())
            try {
                var near = here.accept();
                sockets.add(near);
                whileIn();
                var far = new Socket(InetAddress.getLoopbackAddress(), there);
                sockets.add(far);
                Thread.ofVirtual().start(() -> carry(near, far));
                Thread.ofVirtual().start(() -> carry(far, near));
            } catch (IOException ended) {
                // the test is over, or the far side is not there: the near one hears nothing
            }
    }

    private void carry(Socket from, Socket to) {
        try (from;
                to) {
            carry(from.getInputStream(), to.getOutputStream());
        } catch (IOException oneHungUp) {
            // and the other one hears of it now
        }
    }

    private void carry(InputStream from, OutputStream to) throws IOException {
        var octets = new byte[16_384];
        for (int n = from.read(octets); n >= 0; n = from.read(octets)) {
            whileIn();
            to.write(octets, 0, n);
        }
        whileIn();
    }

    private void whileIn() {
        lock.lock();
        try {
            while (out) putIn.awaitUninterruptibly();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        putIn();
        here.close();
        for (var socket : sockets) socket.close();
    }
}
