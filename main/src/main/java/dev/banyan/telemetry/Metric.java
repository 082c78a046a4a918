package dev.banyan.telemetry;

import java.util.List;
import java.util.Locale;

/// Every metric of Banyan's own, with its labels in order. `docs/reference/metrics.md` is held to
/// this list by a test.
///
/// No label ever holds anything of a request's own, such as its path: families, routes, services,
/// transfers and tables are as many as the configuration names, and all else is a word of a short
/// list.
public enum Metric {
  REQUESTS(
      "banyan_requests_total",
      Type.COUNTER,
      "Requests that have ended, by the route that matched and the status that the client got",
      "family",
      "method",
      "route",
      "side",
      "status"),
  REQUEST_DURATION(
      "banyan_request_duration_seconds",
      Type.HISTOGRAM,
      "From a request's head to the last byte of its answer",
      "family",
      "side",
      "status"),
  REQUESTS_UNFINISHED(
      "banyan_requests_unfinished_total",
      Type.COUNTER,
      "Requests whose client left first, or whose answer broke off",
      "family",
      "why"),
  REQUESTS_REFUSED(
      "banyan_requests_refused_total",
      Type.COUNTER,
      "Requests that were refused before they had a route, by what was wrong with them",
      "kind"),
  SENT_TWICE(
      "banyan_requests_sent_twice_total",
      Type.COUNTER,
      "Requests that are not safe and were sent more than once: always 0, or Banyan has a fault"),
  LIMITS(
      "banyan_limits_total",
      Type.COUNTER,
      "Times that a limit was reached, whatever was done about it",
      "limit"),
  FALLBACKS(
      "banyan_fallbacks_total",
      Type.COUNTER,
      "Requests that the legacy was asked for because the candidate had failed",
      "family",
      "status"),
  FALLBACKS_UNDER_WAY(
      "banyan_fallbacks_under_way", Type.GAUGE, "Such requests that have not ended"),
  LEGS(
      "banyan_legs_total",
      Type.COUNTER,
      "Each time a client waited for a side, by what came of it",
      "family",
      "side",
      "result"),
  LEG_DURATION(
      "banyan_leg_duration_seconds",
      Type.HISTOGRAM,
      "From sending a request to a side to the head of its answer",
      "family",
      "side"),
  FAMILY_PHASE(
      "banyan_family_phase",
      Type.GAUGE,
      "1 for the phase that the family is in, 0 for the others",
      "family",
      "phase"),
  FAMILY_CANDIDATE_SHARE(
      "banyan_family_candidate_share",
      Type.GAUGE,
      "The candidate's share of the sticky units, from 0 to 1",
      "family",
      "requests"),
  FAMILY_EPOCH("banyan_family_epoch", Type.GAUGE, "Version of the family's routing", "family"),
  FAMILY_HELD("banyan_family_held", Type.GAUGE, "1 while promotion is stopped by hand", "family"),
  PARITY_COMPARED(
      "banyan_parity_compared_total",
      Type.COUNTER,
      "Exchanges whose answers were compared in the present period of evidence",
      "family"),
  PARITY_MATCHED(
      "banyan_parity_matched_total", Type.COUNTER, "Those whose answers were the same", "family"),
  PARITY_MISMATCHED(
      "banyan_parity_mismatched_total", Type.COUNTER, "Those whose answers differed", "family"),
  PARITY_RACED(
      "banyan_parity_raced_total",
      Type.COUNTER,
      "Exchanges that prove nothing, because data changed meanwhile",
      "family"),
  PARITY_SKIPPED(
      "banyan_parity_skipped_total",
      Type.COUNTER,
      "Exchanges that could not be compared",
      "family",
      "reason"),
  PARITY_AGAIN(
      "banyan_parity_again_total",
      Type.COUNTER,
      "Times that a side was to be asked the same again: to learn what it never gives twice alike,"
          + " or because of a difference",
      "family",
      "why"),
  SHADOW_SAMPLE_SHARE(
      "banyan_shadow_sample_share",
      Type.GAUGE,
      "Share of the comparable requests that is sampled now: less than configured while event loops"
          + " are late",
      "family"),
  SHADOW_SHED(
      "banyan_shadow_shed_total",
      Type.COUNTER,
      "Requests that were not sampled because event loops were late",
      "family"),
  SHADOW_SAMPLED(
      "banyan_shadow_sampled_total",
      Type.COUNTER,
      "Requests picked for the other side as well",
      "family"),
  SHADOW_SENT(
      "banyan_shadow_sent_total",
      Type.COUNTER,
      "Those whose second leg ended, well or not",
      "family"),
  SHADOW_DROPPED(
      "banyan_shadow_dropped_total",
      Type.COUNTER,
      "Those that were given up; sent and dropped add up to sampled once none is in flight",
      "family",
      "reason"),
  SHADOW_GIVEN_UP(
      "banyan_shadow_given_up_total",
      Type.COUNTER,
      "Times that a side was not asked again although it was to be; their exchanges are among those"
          + " sent",
      "family",
      "reason"),
  SHADOW_IN_FLIGHT("banyan_shadow_in_flight", Type.GAUGE, "Those that are neither yet", "family"),
  SHADOW_MEMORY(
      "banyan_shadow_memory_bytes",
      Type.GAUGE,
      "What is held to be compared: bodies, headers, and what goes with them"),
  OUTBOX_ENTRIES(
      "banyan_outbox_entries",
      Type.GAUGE,
      "Writes of a family with `writes: dual` that are in the outbox, by how far they have come",
      "family",
      "state"),
  OUTBOX_OLDEST(
      "banyan_outbox_oldest_seconds",
      Type.GAUGE,
      "How long the oldest of them has been there, 0 while there is none",
      "family"),
  OUTBOX_DIRTY(
      "banyan_outbox_dirty_keys",
      Type.GAUGE,
      "Keys of such a family whose rows have not been compared since they were touched, the whole"
          + " family counting as one",
      "family"),
  CLIENT_CONNECTIONS("banyan_client_connections", Type.GAUGE, "Open connections of clients"),
  TUNNELS(
      "banyan_tunnels",
      Type.GAUGE,
      "Open tunnels: connections of clients that have left HTTP by an upgrade, such as WebSocket"),
  UPSTREAM_CONNECTIONS(
      "banyan_upstream_connections",
      Type.GAUGE,
      "Open connections to a service, those being made included",
      "service",
      "state"),
  UPSTREAM_WAITING(
      "banyan_upstream_waiting",
      Type.GAUGE,
      "Requests that wait for a connection to a service",
      "service"),
  UPSTREAM_ADDRESSES(
      "banyan_upstream_addresses",
      Type.GAUGE,
      "Addresses of a service, by whether they are given requests",
      "service",
      "state"),
  UPSTREAM_EJECTIONS(
      "banyan_upstream_ejections_total",
      Type.COUNTER,
      "Times that an address was ejected for failing requests in a row",
      "service"),
  UPSTREAM_PANICS(
      "banyan_upstream_panics_total",
      Type.COUNTER,
      "Requests that were given an address although none was serving",
      "service"),
  UPSTREAM_RETRIES(
      "banyan_upstream_retries_total",
      Type.COUNTER,
      "Requests sent to a service once more after a failure",
      "service"),
  EVENT_LOOP_DELAY(
      "banyan_event_loop_delay_seconds",
      Type.GAUGE,
      "How long an event loop took to come to the question, at this scrape",
      "loop"),
  TRANSFER_KNOWN(
      "banyan_transfer_known",
      Type.GAUGE,
      "1 while it is known where the transfer stands, 0 while its databases can not be asked",
      "transfer"),
  TRANSFER_PHASE(
      "banyan_transfer_phase",
      Type.GAUGE,
      "1 for the phase that the transfer is in, 0 for the others",
      "transfer",
      "phase"),
  TRANSFER_ROWS(
      "banyan_transfer_rows_total",
      Type.COUNTER,
      "Rows that the backfill has copied",
      "transfer",
      "table"),
  TRANSFER_LAG_BYTES(
      "banyan_transfer_lag_bytes",
      Type.GAUGE,
      "How much of the owner's log is not on the other side yet",
      "transfer"),
  TRANSFER_LAG(
      "banyan_transfer_lag_seconds",
      Type.GAUGE,
      "How far the other side is behind the owner",
      "transfer"),
  TRANSFER_DIFFERENCES(
      "banyan_transfer_differences",
      Type.GAUGE,
      "Rows that the last reconciliation found to differ, and that are not repaired",
      "transfer"),
  TRANSFER_TABLES_STOPPED(
      "banyan_transfer_tables_stopped",
      Type.GAUGE,
      "Tables that do not go on because of a row that does not fit",
      "transfer"),
  TRANSFER_CERTIFICATE_GREEN(
      "banyan_transfer_certificate_green",
      Type.GAUGE,
      "1 where the last reconciliation found both sides equal, 0 where it did not",
      "transfer"),
  TRANSFER_CERTIFICATE_TIME(
      "banyan_transfer_certificate_timestamp_seconds",
      Type.GAUGE,
      "When that was, in seconds since 1970",
      "transfer"),
  TRANSFER_EPOCH(
      "banyan_transfer_epoch", Type.GAUGE, "Counts the changes of the rows' owner", "transfer"),
  ACCESS_LOG_LINES(
      "banyan_access_log_lines_total", Type.COUNTER, "Lines written to the access log"),
  ACCESS_LOG_DROPPED(
      "banyan_access_log_dropped_total", Type.COUNTER, "Lines that the access log lost", "reason"),
  NOTIFICATIONS(
      "banyan_notifications_total",
      Type.COUNTER,
      "Notifications by what became of them",
      "target",
      "outcome"),
  NOTIFICATIONS_WAITING(
      "banyan_notifications_waiting", Type.GAUGE, "Notifications in line for a target", "target"),
  BUILD_INFO("banyan_build_info", Type.GAUGE, "Always 1", "version");

  /// What a metric's numbers mean to Prometheus.
  public enum Type {
    COUNTER,
    GAUGE,
    HISTOGRAM;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final String title;
  private final Type type;
  private final String help;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> labels;

  Metric(String title, Type type, String help, String... labels) {
    this.title = title;
    this.type = type;
    this.help = help;
    this.labels = List.of(labels);
  }

  /// Its name as Prometheus knows it.
  public String title() {
    return title;
  }

  public Type type() {
    return type;
  }

  public String help() {
    return help;
  }

  public List<String> labels() {
    return labels;
  }
}
