package dev.banyan.telemetry;

import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Side;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;

/// One family's requests and legs. Any thread may count, without a lock; cells come into being when
/// they are first needed.
final class FamilyRequests {
  private static final Side[] SIDES = {Side.LEGACY, Side.CANDIDATE};

  /// By the first digit of a status; 0 is for no status at all.
  private static final List<String> STATUS =
      List.of("none", "1xx", "2xx", "3xx", "4xx", "5xx", "other");

  private static final int SWITCHED = 101;
  private static final int CELLS = SIDES.length * STATUS.size();

  private final Map<Endpoint, LongAdder[]> endpoints = new ConcurrentHashMap<>();
  private final AtomicReferenceArray<Durations> durations = new AtomicReferenceArray<>(CELLS);
  private final AtomicReferenceArray<Durations> legDurations =
      new AtomicReferenceArray<>(SIDES.length);
  private final LongAdder[] legs = adders(CELLS);
  private final LongAdder[] fallbacks = adders(STATUS.size());
  private final LongAdder brokenOff = new LongAdder();
  private final LongAdder clientGone = new LongAdder();

  /// By side, because a key of both would have to be made for each look-up.
  private final List<Map<String, LongAdder>> failures =
      List.of(new ConcurrentHashMap<>(), new ConcurrentHashMap<>());

  private static LongAdder[] adders(int count) {
    LongAdder[] adders = new LongAdder[count];
    for (int i = 0; i < count; i++) {
      adders[i] = new LongAdder();
    }
    return adders;
  }

  void ended(
      Endpoint endpoint,
      Side side,
      int status,
      RequestMeter.End end,
      boolean fallback,
      long nanos) {
    int cell = cell(side, status);
    LongAdder[] counts = endpoints.get(endpoint);
    if (counts == null) {
      counts = endpoints.computeIfAbsent(endpoint, _ -> adders(CELLS));
    }
    counts[cell].increment();
    if (status != SWITCHED) { // a tunnel lasts as long as two others like
      at(durations, cell).record(nanos);
    }
    if (fallback) {
      fallbacks[first(status)].increment();
    }
    switch (end) {
      case WHOLE -> {}
      case BROKEN_OFF -> brokenOff.increment();
      case CLIENT_GONE -> clientGone.increment();
    }
  }

  void answered(Side side, int status, long nanos) {
    legs[cell(side, status)].increment();
    at(legDurations, index(side)).record(nanos);
  }

  void failed(Side side, String why) {
    Map<String, LongAdder> counts = failures.get(index(side));
    LongAdder count = counts.get(why);
    if (count == null) {
      count = counts.computeIfAbsent(why, _ -> new LongAdder());
    }
    count.increment();
  }

  private static int index(Side side) {
    return side == SIDES[0] ? 0 : 1;
  }

  private static int cell(Side side, int status) {
    return index(side) * STATUS.size() + first(status);
  }

  private static int first(int status) {
    return Math.clamp(status / 100, 0, STATUS.size() - 1);
  }

  private static Durations at(AtomicReferenceArray<Durations> cells, int cell) {
    Durations made = cells.get(cell);
    if (made != null) {
      return made;
    }
    Durations fresh = new Durations();
    Durations first = cells.compareAndExchange(cell, null, fresh);
    return first == null ? fresh : first;
  }

  void retain(Set<String> templates) {
    endpoints.keySet().removeIf(endpoint -> !templates.contains(endpoint.template()));
  }

  void read(String family, Sheet sheet) {
    for (int cell = 0; cell < CELLS; cell++) {
      String side = SIDES[cell / STATUS.size()].word();
      String status = STATUS.get(cell % STATUS.size());
      Durations took = durations.get(cell);
      if (took != null) {
        sheet.add(Metric.REQUEST_DURATION, took, family, side, status);
      }
      count(sheet, Metric.LEGS, legs[cell], family, side, status);
      int at = cell;
      endpoints.forEach((endpoint, counts) -> {
        String method = endpoint.method();
        String route = endpoint.template();
        count(sheet, Metric.REQUESTS, counts[at], family, method, route, side, status);
      });
    }
    for (Side side : SIDES) {
      Durations took = legDurations.get(index(side));
      if (took != null) {
        sheet.add(Metric.LEG_DURATION, took, family, side.word());
      }
      failures
          .get(index(side))
          .forEach((why, count) -> count(sheet, Metric.LEGS, count, family, side.word(), why));
    }
    for (int i = 0; i < fallbacks.length; i++) {
      count(sheet, Metric.FALLBACKS, fallbacks[i], family, STATUS.get(i));
    }
    count(sheet, Metric.REQUESTS_UNFINISHED, brokenOff, family, "broken-off");
    count(sheet, Metric.REQUESTS_UNFINISHED, clientGone, family, "client-gone");
  }

  /// Leaves out what never happened: most routes never see most statuses.
  private static void count(Sheet sheet, Metric metric, LongAdder count, String... labels) {
    long sum = count.sum();
    if (sum > 0) {
      sheet.add(metric, sum, labels);
    }
  }
}
