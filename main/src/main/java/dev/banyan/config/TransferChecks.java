package dev.banyan.config;

import dev.banyan.migration.DataOwnership;
import dev.banyan.transfer.options.TableOptions;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What must hold between the keys of databases, transfers and families.
final class TransferChecks {
  private final Values file;
  private final Findings findings;

  /// Who claimed a family, a table or a name first.
  private record Claim(String transfer, Place place) {
    String where() {
      return "(line " + place.line() + ", column " + place.column() + ")";
    }
  }

  private final Map<String, Claim> families = new HashMap<>();
  private final Map<String, Claim> tables = new HashMap<>();

  private TransferChecks(Values file, Findings findings) {
    this.file = file;
    this.findings = findings;
  }

  static void run(Values file, Findings findings) {
    TransferChecks checks = new TransferChecks(file, findings);
    for (Named<Values> transfer : file.find(TransferKeys.TRANSFERS).orElse(List.of())) {
      checks.databases(transfer.value());
      checks.families(transfer);
      checks.tables(transfer);
      checks.assertions(transfer.value());
      checks.ages(transfer.value());
    }
  }

  private void databases(Values transfer) {
    Optional<Placed<String>> from = transfer.placed(TransferKeys.FROM);
    Optional<Placed<String>> to = transfer.placed(TransferKeys.TO);
    from.ifPresent(this::known);
    to.ifPresent(this::known);
    transfer.find(TransferKeys.THROTTLE).ifPresent(this::replica);
    if (from.isPresent() && to.isPresent() && from.get().value().equals(to.get().value())) {
      findings.add(
          to.get().place(),
          "the rows are there already: 'from' names the same database; allowed: another one");
    }
  }

  private void replica(Values throttle) {
    Optional<Placed<String>> replica = throttle.placed(TransferKeys.Throttling.REPLICA);
    replica.ifPresent(this::known);
    if (replica.isPresent() && throttle.find(TransferKeys.Throttling.REPLICA_LAG).isEmpty()) {
      findings.add(
          replica.get().place(),
          "nothing says how far '"
              + replica.get().value()
              + "' may be behind; allowed: replica with a replica_lag beside it");
    }
  }

  private void known(Placed<String> database) {
    List<String> all =
        file.find(DatabaseKeys.DATABASES).orElse(List.of()).stream().map(Named::name).toList();
    if (!all.contains(database.value())) {
      findings.add(database.place(), absent("database", database, all));
    }
  }

  private static String absent(String what, Placed<String> name, List<String> all) {
    String complaint =
        name.filledIn()
            ? "what is filled in for '" + name.written() + "' is not the name of a " + what
            : "there is no " + what + " '" + name.value() + "'" + Nearest.hint(name.value(), all);
    return complaint + "; allowed: " + (all.isEmpty() ? "(none)" : String.join(", ", all));
  }

  private void families(Named<Values> transfer) {
    Optional<Placed<List<Placed<String>>>> listed = transfer.value().placed(TransferKeys.FAMILIES);
    boolean history = transfer.value().placed(TransferKeys.HISTORY).isPresent();
    if (listed.isPresent() && listed.get().value().isEmpty() && !history) {
      findings.add(
          transfer.place(),
          "no family uses what this moves; allowed: families: [...], or history: only for rows that"
              + " do not change any more");
    }
    Map<String, Values> declared = new LinkedHashMap<>();
    file.find(Keys.FAMILIES)
        .orElse(List.of())
        .forEach(family -> declared.put(family.name(), family.value()));
    for (Placed<String> family : listed.map(Placed::value).orElse(List.of())) {
      Values known = declared.get(family.value());
      if (known == null) {
        findings.add(family.place(), absent("family", family, List.copyOf(declared.keySet())));
      } else {
        synced(family, known);
        sent(family, known, history);
        claim(transfer, family);
      }
    }
  }

  private void synced(Placed<String> name, Values family) {
    Optional<Placed<DataOwnership>> data = family.placed(Keys.Family.DATA);
    if (data.isPresent() && data.get().value() != DataOwnership.SYNCED) {
      findings.add(
          name.place(),
          "the family '"
              + name.value()
              + "' has data: "
              + data.get().value().word()
              + ", so that nothing is to be moved for it; allowed: families with data: synced");
    }
  }

  /// Either a log is followed, or the gateway sends the writes: not both, and not neither.
  private void sent(Placed<String> name, Values family, boolean history) {
    if (DualKeys.isDual(family) && !history) {
      findings.add(
          name.place(),
          "the writes of the family '"
              + name.value()
              + "' go to both sides already (writes: dual), and a transfer would carry each there"
              + " once more; allowed: history: only, which copies the rows of before and then"
              + " compares all, or families with writes: owner");
    } else if (!DualKeys.isDual(family) && history) {
      findings.add(
          name.place(),
          "the rows of the family '"
              + name.value()
              + "' would be copied once, and nothing would carry its later writes (history: only);"
              + " allowed: families with writes: dual, or none");
    }
  }

  private void claim(Named<Values> transfer, Placed<String> family) {
    Claim before = families.putIfAbsent(family.value(), new Claim(transfer.name(), family.place()));
    if (before != null) {
      findings.add(
          family.place(),
          "the family '"
              + family.value()
              + "' belongs to the transfer '"
              + before.transfer()
              + "' already "
              + before.where()
              + "; allowed: each family once, with all its tables in one transfer");
    }
  }

  private void tables(Named<Values> transfer) {
    MappingBinding mapping = new MappingBinding(findings);
    Map<String, Claim> pairs = new HashMap<>();
    Map<String, Part> parts = new HashMap<>();
    for (Placed<Values> entry : transfer.value().find(TransferKeys.TABLES).orElse(List.of())) {
      if (entry.value().find(MappingKeys.FROM).isEmpty()) {
        continue;
      }
      TableOptions table = mapping.table(entry.value());
      Claim claim = new Claim(transfer.name(), entry.place());
      Claim twin = pairs.putIfAbsent(table.from() + "\n" + table.to(), claim);
      if (twin != null) {
        findings.add(
            entry.place(),
            "the table '"
                + table.from()
                + "' goes to '"
                + table.to()
                + "' already "
                + twin.where()
                + "; allowed: each table once");
      } else {
        merged(entry, table, parts);
      }
      shared(transfer, entry, TransferKeys.FROM, table.from());
      shared(transfer, entry, TransferKeys.TO, table.to());
    }
  }

  /// A table that is merged into another one.
  private record Part(TableOptions table, Place place) {}

  private void merged(Placed<Values> entry, TableOptions table, Map<String, Part> parts) {
    Part other = parts.putIfAbsent(table.to(), new Part(table, entry.place()));
    if (other == null) {
      return;
    }
    boolean apart =
        table.discriminator().entrySet().stream()
            .anyMatch(own -> {
              String theirs = other.table().discriminator().get(own.getKey());
              return theirs != null && !theirs.equals(own.getValue());
            });
    if (!apart) {
      findings.add(
          entry.place(),
          "'"
              + table.to()
              + "' gets the rows of '"
              + other.table().from()
              + "' too (line "
              + other.place().line()
              + "), and nothing tells them apart; for example, another value in each:"
              + " discriminator: { kind: "
              + table.from().substring(table.from().lastIndexOf('.') + 1)
              + " }");
    }
  }

  /// Who owns a table's rows is one question, so that one transfer answers it.
  private void shared(
      Named<Values> transfer, Placed<Values> entry, Key<String> side, String table) {
    Optional<String> database = transfer.value().find(side);
    if (database.isEmpty()) {
      return;
    }
    Claim before =
        tables.putIfAbsent(
            database.get() + "\n" + table, new Claim(transfer.name(), entry.place()));
    if (before != null && !before.transfer().equals(transfer.name())) {
      findings.add(
          entry.place(),
          "the table '"
              + table
              + "' of '"
              + database.get()
              + "' belongs to the transfer '"
              + before.transfer()
              + "' already "
              + before.where()
              + "; allowed: one transfer for it, with all families that share it");
    }
  }

  private void assertions(Values transfer) {
    Set<String> names = new HashSet<>();
    for (Placed<Values> check : transfer.find(TransferKeys.CHECKS).orElse(List.of())) {
      check
          .value()
          .placed(TransferKeys.Check.NAME)
          .filter(name -> !names.add(name.value()))
          .ifPresent(name ->
              findings.add(
                  name.place(),
                  "another check is called '" + name.value() + "'; allowed: a name of its own"));
    }
  }

  private void ages(Values transfer) {
    Optional<Placed<Duration>> age = transfer.placed(TransferKeys.CERTIFICATE_AGE);
    Optional<Placed<Duration>> every = transfer.placed(TransferKeys.RECONCILE_EVERY);
    if (age.isPresent()
        && every.isPresent()
        && age.get().value().compareTo(every.get().value()) <= 0) {
      Placed<Duration> said = age.get().written().isEmpty() ? every.get() : age.get();
      findings.add(
          said.place(),
          "a certificate would be too old (certificate_age "
              + seconds(age.get().value())
              + ") before the next one is made (reconcile_every "
              + seconds(every.get().value())
              + "); allowed: certificate_age above reconcile_every");
    }
  }

  private static String seconds(Duration duration) {
    return duration.toSeconds() + "s";
  }
}
