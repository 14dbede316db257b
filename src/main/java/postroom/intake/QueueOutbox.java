package postroom.intake;

import postroom.mail.QueueId;
import postroom.queue.NewMessage;
import postroom.queue.Queue;
import postroom.store.Store;

/// Accepted messages go into the queue.
record QueueOutbox(Queue queue) implements Intake.Outbox {
    @Override
    public QueueId newId() {
        return queue.newId();
    }

    @Override
    public void put(NewMessage message) {
        queue.put(message);
    }

    @Override
    public void put(NewMessage message, Store.Work<?> also) {
        queue.put(message, also);
    }
}
