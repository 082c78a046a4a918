package dev.banyan.notification;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What goes to one target: one notification after the other, each tried until it is taken, refused
/// or has failed too often.
///
/// A thread works on it only while something is in line. Any thread may add; adding never waits.
final class Delivery {
  private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

  /// How many wait at most; then the oldest is dropped.
  static final int WAITING = 1_000;

  private final Target target;
  private final Webhook webhook;
  private final Notifier.Ports ports;

  // All guarded by this.
  private final Deque<Notification> line = new ArrayDeque<>();
  private @Nullable Thread worker;
  private boolean working;
  private boolean closed;
  private long sent;
  private long failed;
  private long dropped;

  Delivery(Target target, Webhook webhook, Notifier.Ports ports) {
    this.target = target;
    this.webhook = webhook;
    this.ports = ports;
  }

  Target target() {
    return target;
  }

  synchronized Notifier.Counts counts() {
    return new Notifier.Counts(target.name(), sent, failed, dropped, line.size());
  }

  void add(Notification notification) {
    synchronized (this) {
      if (closed) {
        return;
      }
      if (line.size() == WAITING) {
        line.removeFirst();
        dropped++;
      }
      line.addLast(notification);
      if (working) {
        return;
      }
      working = true;
    }
    try {
      ports.executor().execute(this::work);
    } catch (RejectedExecutionException e) {
      LOG.debug("the program is being stopped; {} is not told", target.name(), e);
    }
  }

  private void work() {
    try {
      for (Notification next = next(); next != null; next = next()) {
        deliver(next);
      }
    } catch (InterruptedException e) {
      LOG.debug("no more is sent to {}", target.name(), e);
    } finally {
      Thread.interrupted(); // the thread may be another's next
    }
  }

  private synchronized @Nullable Notification next() {
    Notification next = closed ? null : line.pollFirst();
    working = next != null;
    worker = working ? Thread.currentThread() : null;
    return next;
  }

  private void deliver(Notification notification) throws InterruptedException {
    for (int tries = 1; ; tries++) {
      Answer answer = send(notification);
      switch (answer) {
        case Answer.Taken _ -> {
          count(true);
          return;
        }
        case Answer.Refused refused -> {
          giveUp(notification, tries, refused);
          return;
        }
        case Answer.Failed fault -> {
          if (tries == Retries.TRIES) {
            giveUp(notification, tries, fault);
            return;
          }
          ports.pause().of(Retries.wait(tries, fault.retryAfter(), ports.luck().getAsDouble()));
        }
      }
    }
  }

  private Answer send(Notification notification) throws InterruptedException {
    try {
      return webhook.send(target, notification);
    } catch (RuntimeException e) {
      // A fault of ours; the next notification may be a better one.
      LOG.error("a notification to {} could not be made", target.name(), e);
      return new Answer.Refused(0);
    }
  }

  private synchronized void count(boolean taken) {
    if (taken) {
      sent++;
    } else {
      failed++;
    }
  }

  private void giveUp(Notification notification, int tries, Answer answer) {
    count(false);
    LOG.warn(
        "{} was not told of {} ({}) after {} {}: it {}",
        target.name(),
        notification.type(),
        notification.id(),
        tries,
        tries == 1 ? "try" : "tries",
        answer.says());
  }

  /// Sends no more; what is in line is given up.
  void close() {
    synchronized (this) {
      closed = true;
      dropped += line.size();
      line.clear();
      if (worker != null) {
        worker.interrupt();
      }
    }
  }
}
