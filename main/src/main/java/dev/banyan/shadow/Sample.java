package dev.banyan.shadow;

import dev.banyan.exchange.Exchange;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.migration.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/// One sampled request on its way from the tee to the comparison.
///
/// It is used by one thread after the other: the event loop of the primary leg until [#complete] or
/// [#abandon], then the thread of the second leg, then that of the comparison. Each hands it over
/// through a queue, so nothing here is synchronized. It is counted exactly once, as sent or as
/// dropped.
public final class Sample {
  /// What a piece of a body takes beside its bytes: the array's head and padding, its view, its
  /// place in a list.
  static final int PIECE = 128;

  /// What the sample, the exchange and the second leg take beside headers and bodies; a question of
  /// a follow-up takes no more.
  static final int ITSELF = 2 * 1024;

  /// What a header field takes beside its characters: two strings, the field, its place in lists.
  private static final int FIELD = 160;

  /// A second answer that has grown this much longer than the client's is given up: nothing is left
  /// to be learned of it, and a side that never ends would be read up to the limit each time.
  static final int TIMES_LONGER = 16;

  /// Never given up for its length below this, however short the client's answer is.
  static final int LONG = 64 * 1024;

  /// Marks a request as one whose answer nobody waits for.
  public static final Headers.Field MARK = new Headers.Field("X-Banyan-Shadow", "1");

  private final Shadow shadow;
  private final FamilyTally tally;
  private final Fuse fuse;
  private final String id;
  private final String family;
  private final long epoch;
  private final long period;
  private final Endpoint endpoint;
  private final String service;
  private final @Nullable Errand errand;

  private long admitted;
  private int requestBytes;
  private int primaryBytes;
  private int secondBytes;
  private boolean outgrown;
  private boolean over;

  /// Whether the second leg was sent; its end is waited for then, however the sample ends.
  private boolean departed;

  Sample(
      Shadow shadow,
      FamilyTally tally,
      Fuse fuse,
      String id,
      String family,
      long epoch,
      long period,
      Endpoint endpoint,
      String service,
      @Nullable Errand errand) {
    this.shadow = shadow;
    this.tally = tally;
    this.fuse = fuse;
    this.id = id;
    this.family = family;
    this.epoch = epoch;
    this.period = period;
    this.endpoint = endpoint;
    this.service = service;
    this.errand = errand;
  }

  /// Asks for room for a piece of the request's body or of the primary answer's.
  ///
  /// @return false when there is none; the sample is dropped and counted then
  public boolean admit(boolean ofRequest, int bytes) {
    int length = ofRequest ? (requestBytes += bytes) : (primaryBytes += bytes);
    return take(length, bytes, shadow.options().bodyBytes());
  }

  private boolean admitSecond(int bytes) {
    secondBytes += bytes;
    outgrown |= secondBytes > much();
    return take(secondBytes, bytes, mostOfAnswer());
  }

  private long mostOfAnswer() {
    return Math.min(much(), shadow.options().bodyBytes());
  }

  private long much() {
    return Math.max(LONG, (long) TIMES_LONGER * primaryBytes);
  }

  private boolean take(int length, int bytes, long most) {
    if (over) {
      return false;
    }
    if (length > most) {
      drop(Drop.BODY_TOO_LONG);
      return false;
    }
    return charge((long) bytes + PIECE);
  }

  private boolean charge(long bytes) {
    if (!shadow.memory().take(bytes)) {
      drop(Drop.MEMORY);
      return false;
    }
    admitted += bytes;
    return true;
  }

  static long weight(Headers headers) {
    long weight = 0;
    for (Headers.Field field : headers.fields()) {
      weight += FIELD + field.name().length() + field.value().length();
    }
    return weight;
  }

  /// There will be nothing to compare.
  public void abandon(Drop reason) {
    drop(reason);
  }

  /// The primary leg is over: sends the second one. The bodies are the sample's from now on.
  public void complete(Request request, Leg.Answered primary) {
    Headers heads = primary.response().headers();
    long weight = ITSELF + request.target().length() + weight(request.headers()) + weight(heads);
    if (errand == null) {
      Drop refused = charge(weight) ? null : Drop.MEMORY;
      depart(request, marked(request), primary, shadow.secondLeg(), refused);
      return;
    }
    // What it sends has headers of its own, and a body in which ids may have grown.
    if (charge(weight + weight(request.headers()) + 2L * requestBytes)) {
      errand.begin(request, primary, new Parting(request, primary));
    } else {
      giveUp(request, primary, Drop.MEMORY);
    }
  }

  private final class Parting implements Errand.Departure {
    private final Request request;
    private final Leg.Answered primary;

    Parting(Request request, Leg.Answered primary) {
      this.request = request;
      this.primary = primary;
    }

    @Override
    public void send(Request instead, SecondLeg by) {
      depart(request, marked(instead), primary, by, null);
    }

    @Override
    public void drop(Drop reason) {
      giveUp(request, primary, reason);
    }
  }

  private void depart(
      Request request, Request sent, Leg.Answered primary, SecondLeg by, @Nullable Drop before) {
    Drop refused = before != null ? before : shadow.enter();
    if (refused != null) {
      giveUp(request, primary, refused);
      return;
    }
    departed = true;
    try {
      by.send(
          service,
          sent,
          primary.side().other(),
          shadow.options().deadline(),
          this::admitSecond,
          second -> answered(request, primary, second));
    } catch (RejectedExecutionException e) {
      departed = false;
      shadow.leave();
      giveUp(request, primary, Drop.SHUTTING_DOWN);
    }
  }

  private void giveUp(Request request, Leg.Answered primary, Drop reason) {
    request.body().release();
    primary.response().body().release();
    drop(reason);
  }

  /// The request as whoever asks for nobody sends it; marked already, it stays as it is.
  static Request marked(Request request) {
    if (request.headers().first(MARK.name()).isPresent()) {
      return request;
    }
    List<Headers.Field> fields = new ArrayList<>(request.headers().fields());
    fields.add(MARK);
    return new Request(request.method(), request.target(), new Headers(fields), request.body());
  }

  private void answered(Request request, Leg.Answered primary, Leg second) {
    Exchange exchange = new Exchange(id, family, epoch, endpoint, request, primary, second);
    shadow.leave();
    noteEnd(primary, second);
    Drop refused = over ? null : refusal(second);
    if (refused != null) {
      drop(refused);
    }
    if (over) {
      exchange.release();
      errandOver();
      return;
    }
    try {
      Settling settling =
          new Settling(shadow, tally, exchange, period, admitted, mostOfAnswer(), errand);
      shadow.comparing().execute(settling::judge);
      tally.sent();
    } catch (RejectedExecutionException e) {
      exchange.release();
      drop(shadow.isClosed() ? Drop.SHUTTING_DOWN : Drop.COMPARISON_BACKLOG);
      errandOver();
    }
  }

  /// Tells the fuse how the leg ended. What we cut off says nothing about the other side, unless it
  /// was for a length that it would never have ended at.
  private void noteEnd(Leg.Answered primary, Leg second) {
    boolean ours = second instanceof Leg.Failed failed && failed.failure() == Leg.Failure.OVERLOAD;
    if (outgrown || !ours) {
      fuse.ended(outgrown || failed(primary, second), shadow.nanos());
    }
  }

  /// Whether a service did worse than the one that the client was answered by.
  static boolean failed(Leg primary, Leg second) {
    return switch (second) {
      case Leg.Answered answered ->
          answered.response().status() >= 500
              && primary instanceof Leg.Answered client
              && client.response().status() < 500;
      case Leg.Failed _ -> true;
    };
  }

  private @Nullable Drop refusal(Leg second) {
    if (shadow.isClosed() && second instanceof Leg.Failed) {
      return Drop.SHUTTING_DOWN; // it was cut off by us, which says nothing about its side
    }
    if (!charge(answerWeight(second))) {
      return Drop.MEMORY;
    }
    return shadow.isOverrun() ? Drop.EVENT_LOOP_LAG : null;
  }

  static long answerWeight(Leg second) {
    return switch (second) {
      case Leg.Answered answered -> weight(answered.response().headers());
      case Leg.Failed _ -> 0;
    };
  }

  private void drop(Drop reason) {
    if (over) {
      return;
    }
    over = true;
    // The second leg's place is given back when that leg is over, not before: it is still open.
    shadow.memory().giveBack(admitted);
    tally.dropped(reason);
    if (!departed) {
      errandOver();
    }
  }

  private void errandOver() {
    if (errand != null) {
      errand.over();
    }
  }
}
