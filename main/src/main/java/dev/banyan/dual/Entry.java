package dev.banyan.dual;

import dev.banyan.exchange.Request;
import dev.banyan.migration.Side;
import java.time.Instant;
import java.util.Set;

/// One write, as it is sent to either side.
///
/// @param seq its number; 0 before it is written. Of one unit, a later write has a higher one
/// @param unit the sticky unit's hash; 0 for all requests that name none, which are one line
/// @param owner the side that answers the client
/// @param writer the process that takes the client's request
/// @param at when it was written
/// @param request whole, with the idempotency key among its headers
/// @param key the idempotency key
/// @param clientsOwn whether the client gave the key, so that the other side may have had it before
/// @param touched the keys that it makes dirty
/// @param tries how often the side it is meant for may have had it without taking it
/// @param says what came of it last, for people
public record Entry(
    long seq,
    String family,
    long unit,
    Side owner,
    EntryState state,
    String writer,
    Instant at,
    Request request,
    String key,
    boolean clientsOwn,
    Set<String> touched,
    int tries,
    String says) {
  public Entry {
    touched = Set.copyOf(touched);
  }

  /// A write that is about to be forwarded.
  public static Entry intended(
      String family,
      long unit,
      Side owner,
      String writer,
      Instant at,
      Request request,
      String key,
      boolean clientsOwn,
      Set<String> touched) {
    return new Entry(
        0,
        family,
        unit,
        owner,
        EntryState.INTENDED,
        writer,
        at,
        request,
        key,
        clientsOwn,
        touched,
        0,
        "");
  }

  /// A write of a family whose writes go to one side: it was sent as that side's owner changed, and
  /// nobody knows whether it was carried out. Kept for people alone, without what it carried.
  ///
  /// @param key empty where the client gave none
  public static Entry uncertain(
      String family, long unit, Side owner, Instant at, Request request, String key, String says) {
    return new Entry(
        0,
        family,
        unit,
        owner,
        EntryState.INDETERMINATE,
        "",
        at,
        request,
        key,
        !key.isEmpty(),
        Set.of(),
        0,
        says);
  }

  /// Whether all of the request is here, so that it could be sent.
  boolean isWhole() {
    return !writer.isEmpty();
  }

  /// What is shown of it.
  public Listed listed() {
    String target = request.target();
    int mark = target.indexOf('?');
    return new Listed(
        seq,
        family,
        owner,
        state,
        writer,
        at,
        request.method(),
        mark < 0 ? target : target.substring(0, mark),
        key,
        touched,
        tries,
        says);
  }

  /// An entry without what only the two sides may see: headers, query and body.
  public record Listed(
      long seq,
      String family,
      Side owner,
      EntryState state,
      String writer,
      Instant at,
      String method,
      String path,
      String key,
      Set<String> touched,
      int tries,
      String says) {
    public Listed {
      touched = Set.copyOf(touched);
    }

    Listed parked(int after, String why) {
      return new Listed(
          seq,
          family,
          owner,
          EntryState.PARKED,
          writer,
          at,
          method,
          path,
          key,
          touched,
          after,
          why);
    }
  }
}
