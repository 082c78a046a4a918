package dev.banyan.shadow;

import dev.banyan.exchange.Exchange;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// An exchange from the moment that it is handed over to be judged until it is settled, with
/// whatever the [Judge] asks for in between.
///
/// It is used by one thread after the other, as the [Sample] was: comparing threads, and between
/// them the thread of second legs, or one that waits for rows. It was counted as sent already; a
/// follow-up that is given up is counted on its own. Everything that it holds is given back exactly
/// once, however it ends.
final class Settling {
  private final Shadow shadow;
  private final FamilyTally tally;
  private final Exchange exchange;
  private final long period;

  /// The longest answer to a question that is kept.
  private final long most;

  private final @Nullable Errand errand;

  private final List<Leg> legs = new ArrayList<>();
  private long admitted;
  private int rounds;
  private boolean over;

  /// @param admitted bytes that the memory budget has been charged with so far
  /// @param most bytes of an answer that are kept
  /// @param errand that judges the exchange, or null where the shadow's judge does
  Settling(
      Shadow shadow,
      FamilyTally tally,
      Exchange exchange,
      long period,
      long admitted,
      long most,
      @Nullable Errand errand) {
    this.shadow = shadow;
    this.tally = tally;
    this.exchange = exchange;
    this.period = period;
    this.admitted = admitted;
    this.most = most;
    this.errand = errand;
  }

  /// On a comparing thread.
  void judge() {
    Judge judge = errand == null ? shadow.judge() : errand;
    step(() -> judge.judge(exchange, period));
  }

  private void step(Supplier<@Nullable FollowUp> judging) {
    FollowUp next = null;
    try {
      next = judging.get();
    } finally {
      if (next == null) {
        end();
      }
    }
    if (next == null) {
      return;
    }
    if (++rounds > FollowUp.ROUNDS) {
      end();
      throw new IllegalStateException(
          exchange.endpoint() + " was followed up more than " + FollowUp.ROUNDS + " times");
    }
    begin(next);
  }

  private void begin(FollowUp next) {
    Round round = new Round(next);
    FollowUp.Until until = next.until();
    if (until == null) {
      round.ask();
    } else {
      until.begin(round::ask, () -> giveUp(next, Drop.ROWS_BEHIND));
    }
  }

  private boolean take(long bytes) {
    boolean taken = shadow.memory().take(bytes);
    admitted += taken ? bytes : 0;
    return taken;
  }

  private void giveUp(FollowUp next, Drop reason) {
    tally.givenUp(reason);
    try {
      next.givenUp().accept(reason);
    } finally {
      end();
    }
  }

  private void end() {
    if (over) {
      return;
    }
    over = true;
    exchange.release();
    for (Leg leg : legs) {
      if (leg instanceof Leg.Answered answered) {
        answered.response().body().release();
      }
    }
    shadow.memory().giveBack(admitted);
    if (errand != null) {
      errand.over();
    }
  }

  /// One follow-up on its way.
  private final class Round {
    private final FollowUp next;
    private final List<Leg> answers = new ArrayList<>();
    private long length;
    private @Nullable Drop refused;

    Round(FollowUp next) {
      this.next = next;
    }

    /// Sends the next question. Whoever calls touches nothing of this afterwards: the answer may
    /// have come on another thread already.
    void ask() {
      FollowUp.Question question = next.questions().get(answers.size());
      Request request = question.request();
      long weight = Sample.ITSELF + Sample.weight(request.headers()) + request.body().length();
      Drop why = take(weight) ? enter(question.service()) : Drop.MEMORY;
      if (why != null) {
        giveUp(next, why);
        return;
      }
      length = 0;
      try {
        shadow
            .secondLeg()
            .send(
                question.service(),
                Sample.marked(request),
                question.side(),
                shadow.options().deadline(),
                this::admit,
                this::answered);
      } catch (RejectedExecutionException e) {
        shadow.leave();
        giveUp(next, Drop.SHUTTING_DOWN);
      }
    }

    private @Nullable Drop enter(String service) {
      return shadow.fuse(service).admits(shadow.clock())
          ? shadow.enter()
          : Drop.SECOND_SIDE_FAILING;
    }

    private boolean admit(int bytes) {
      if (refused != null) {
        return false;
      }
      length += bytes;
      if (length > most) {
        refused = Drop.BODY_TOO_LONG;
      } else if (!take((long) bytes + Sample.PIECE)) {
        refused = Drop.MEMORY;
      }
      return refused == null;
    }

    private void answered(Leg leg) {
      shadow.leave();
      noteEnd(next.questions().get(answers.size()).service(), leg);
      legs.add(leg);
      answers.add(leg);
      Drop why = refusal(leg);
      if (why != null) {
        giveUp(next, why);
      } else if (answers.size() < next.questions().size()) {
        ask();
      } else {
        handOver();
      }
    }

    /// Tells the fuse. What we cut off says nothing about a side: what is read may well be much
    /// longer than the answer to a write.
    private void noteEnd(String service, Leg leg) {
      boolean ours = leg instanceof Leg.Failed failed && failed.failure() == Leg.Failure.OVERLOAD;
      if (refused == null && !ours) {
        boolean failed = Sample.failed(exchange.primary(), leg);
        shadow.fuse(service).ended(failed, shadow.nanos());
      }
    }

    private @Nullable Drop refusal(Leg leg) {
      if (refused != null) {
        return refused;
      }
      if (shadow.isClosed() && leg instanceof Leg.Failed) {
        return Drop.SHUTTING_DOWN; // it was cut off by us, which says nothing about its side
      }
      if (!take(Sample.answerWeight(leg))) {
        return Drop.MEMORY;
      }
      return shadow.isOverrun() ? Drop.EVENT_LOOP_LAG : null;
    }

    private void handOver() {
      try {
        shadow.comparing().execute(() -> step(() -> next.then().apply(List.copyOf(answers))));
      } catch (RejectedExecutionException e) {
        giveUp(next, shadow.isClosed() ? Drop.SHUTTING_DOWN : Drop.COMPARISON_BACKLOG);
      }
    }
  }
}
