package dev.banyan.app;

import dev.banyan.config.BanyanConfig;
import dev.banyan.config.FamilyConfig;
import dev.banyan.control.Change;
import dev.banyan.control.Outcome;
import dev.banyan.control.Refusal;
import dev.banyan.cutover.Cutover;
import dev.banyan.cutover.CutoverResult;
import dev.banyan.cutover.LedgerEntry.Kind;
import dev.banyan.cutover.Order;
import dev.banyan.migration.Endpoint;
import dev.banyan.parity.Acceptances;
import dev.banyan.parity.Ruling;
import dev.banyan.parity.Rulings;
import dev.banyan.parity.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Orders of the control plane to accept differences and to mark places critical: checked against
/// the configuration, entered in the ledger, then in force; the evidence begins anew.
///
/// @param basis is told of what changed
/// @param outcome how a result is told
record RulingOrders(
    Cutover cutover,
    Rulings rulings,
    Basis basis,
    Supplier<BanyanConfig> config,
    InstantSource clock,
    Function<CutoverResult, Outcome> outcome) {

  Outcome accept(Change.ParityAccept ask) {
    LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    if (ask.until().isBefore(today)) {
      return invalid("'until' is " + ask.until() + ", which is over; name today or a later day");
    }
    Ruling ruling =
        new Ruling.Accepted(
            new Acceptances.Entry(ask.scope(), ask.reason(), ask.actor(), ask.until()));
    String detail = "accepted " + ask.scope() + " until " + ask.until();
    return keep(ask, ruling, Kind.PARITY_ACCEPT, detail);
  }

  Outcome critical(Change.ParityCritical ask) {
    Ruling ruling = new Ruling.Critical(ask.scope(), ask.reason(), ask.actor());
    return keep(ask, ruling, Kind.PARITY_CRITICAL, "marked critical " + ask.scope());
  }

  private Outcome keep(Change ask, Ruling ruling, Kind kind, String detail) {
    String wrong = wrong(ask.family(), ruling.scope());
    return wrong == null
        ? order(ask, kind, detail, () -> keep(ask.family(), ruling))
        : invalid(wrong);
  }

  /// Why a ruling of this scope would hold for nothing, or null.
  private @Nullable String wrong(String family, Scope scope) {
    FamilyConfig known = config.get().family(family).orElse(null);
    Endpoint endpoint = scope.endpoint().orElse(null);
    return known == null || endpoint == null || known.has(endpoint)
        ? null
        : "no route of "
            + family
            + " is '"
            + endpoint
            + "'; its routes are "
            + known.routes()
            + ", and an endpoint names one method";
  }

  private void keep(String family, Ruling ruling) {
    if (!rulings.keep(family, ruling)) {
      throw new UncheckedIOException(
          new IOException(
              family
                  + " has "
                  + Rulings.LIMIT
                  + " rulings by command already; take some back, or move them to banyan.yaml"));
    }
  }

  Outcome unaccept(Change.ParityUnaccept ask) {
    Scope scope = ask.scope();
    Rulings.Origin origin = rulings.origin(ask.family(), scope).orElse(null);
    if (origin == null) {
      return unknown(
          "nothing is ruled by command for " + scope + "; 'banyan parity' lists what is");
    }
    if (origin == Rulings.Origin.FILE) {
      return unknown(scope + " is accepted in the configuration; take it out there");
    }
    String detail = "no longer accepted or critical: " + scope;
    return order(ask, Kind.PARITY_UNACCEPT, detail, () -> rulings.remove(ask.family(), scope));
  }

  private Outcome order(Change ask, Kind kind, String detail, Runnable keep) {
    Order order = new Order(ask.family(), ask.actor(), ask.reason(), ask.expected());
    CutoverResult ruled = cutover.rule(order, kind, detail, keep);
    if (ruled instanceof CutoverResult.Done) {
      basis.look(ask.family(), "ruled: " + detail);
    }
    return outcome.apply(ruled);
  }

  private static Outcome invalid(String detail) {
    return new Outcome.Refused(Refusal.of(Refusal.Code.REQUEST_INVALID, detail));
  }

  private static Outcome unknown(String detail) {
    return new Outcome.Refused(Refusal.of(Refusal.Code.RULING_UNKNOWN, detail));
  }
}
