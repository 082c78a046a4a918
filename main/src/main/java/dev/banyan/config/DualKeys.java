package dev.banyan.config;

import dev.banyan.config.Type.Group;
import dev.banyan.config.Type.JsonForm;
import dev.banyan.config.Type.ListOf;
import dev.banyan.config.Type.Scalar;
import dev.banyan.dual.DualOptions;
import dev.banyan.dual.Touches;
import dev.banyan.migration.DataOwnership;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The keys of a family whose writes go to both sides.
final class DualKeys {
  private DualKeys() {}

  private static final int MOST_RULES = 20;

  /// Who gets a family's writes.
  enum Writes {
    OWNER,
    DUAL
  }

  static final Key<Writes> WRITES =
      Key.of(
              "writes",
              Scalars.word(Writes.class, word -> word.name().toLowerCase(Locale.ROOT)),
              "Who gets the family's writes. `owner`: the side that its phase says. `dual`: that"
                  + " side, and from a durable outbox the other one, too; for `data: synced` where"
                  + " no change stream can be followed. It asks of both sides that they carry out"
                  + " a write once however often it comes with one `Idempotency-Key`.")
          .standard("owner")
          .example("dual");

  static final Key<List<Placed<String>>> TOUCHES =
      Key.of(
              "touches",
              new ListOf<>(rule(), 0, MOST_RULES),
              "Which rows a write touches: `path:NAME` for a variable of the route, `body:$.a.b`"
                  + " for a member of a JSON body. A write in which none is found touches the"
                  + " whole family. What is touched is dirty until its rows are compared.")
          .standard("[]")
          .example("[\"path:id\", \"body:$.customer\"]");
  static final Key<Boolean> IDEMPOTENT =
      Key.of(
              "idempotent",
              Scalars.flag(),
              "`true` says that the owner, too, honours the `Idempotency-Key`: a write whose"
                  + " answer was lost is asked again by itself, even though its client may have"
                  + " given it up. `false`: it is indeterminate until somebody settles it.")
          .standard("false")
          .example("true");
  static final Key<Long> BODY =
      Key.of(
              "body",
              Scalars.size("1KiB", "16MiB"),
              "The longest body of a write that is kept. Bodies that are coming or being written"
                  + " down are in memory, one for each such request.")
          .standard("256KiB")
          .atLimit("As `larger` says.")
          .example("1MiB");
  static final Key<DualOptions.Larger> LARGER =
      Key.of(
              "larger",
              Scalars.word(DualOptions.Larger.class, word -> word.name().toLowerCase(Locale.ROOT)),
              "What becomes of a write with a longer body. `refuse`: the client gets 413."
                  + " `dirty`: it goes to its owner alone, and the whole family is dirty.")
          .standard("refuse")
          .example("dirty");
  static final Key<Integer> TRIES =
      Key.of(
              "tries",
              Scalars.whole(3, 1_000),
              "How often the other side may answer a write with 5xx, 408, 425 or 429, or not at"
                  + " all. Times when no connection can be made do not count. Between two tries"
                  + " there is a rest, of 250 ms first and twice as long each time, up to 30 s.")
          .standard("12")
          .atLimit("The entry is parked, and holds back what came later of its sticky unit.")
          .example("20");
  static final Key<Integer> ENTRIES =
      Key.of("entries", Scalars.whole(1, 10_000_000), "Entries of the family in the outbox.")
          .standard("100000")
          .atLimit("A write goes to its owner alone, and the whole family is dirty.")
          .example("1000000");
  static final Group GROUP = Group.of(TOUCHES, IDEMPOTENT, BODY, LARGER, TRIES, ENTRIES);

  static final Key<Values> DUAL = Key.of("dual", GROUP, "How `writes: dual` is done.");

  private static Scalar<String> rule() {
    return new Scalar<>(
        "rule",
        "a rule of what is touched",
        "path:NAME or body:$.member, such as path:id or body:$.customer.id",
        new JsonForm.Text("^(path:|body:\\$\\.).+$"),
        text -> {
          if (!Touches.isRule(text)) {
            throw new IllegalArgumentException();
          }
          return text;
        });
  }

  /// What a family says, or null where its writes go to their owner alone.
  static @Nullable DualOptions options(Values family) {
    if (family.get(WRITES) != Writes.DUAL) {
      return null;
    }
    Values dual = family.get(DUAL);
    return new DualOptions(
        new Touches(dual.get(TOUCHES).stream().map(Placed::value).toList()),
        dual.get(IDEMPOTENT),
        Math.toIntExact(dual.get(BODY)),
        dual.get(LARGER),
        dual.get(TRIES),
        dual.get(ENTRIES));
  }

  /// Whether a family, of which not everything may be readable, wants its writes on both sides.
  static boolean isDual(Values family) {
    return dual(family).isPresent();
  }

  private static Optional<Placed<Writes>> dual(Values family) {
    return family.placed(WRITES).filter(given -> given.value() == Writes.DUAL);
  }

  /// What must hold between these keys and the family's others.
  static void check(Values family, Findings findings) {
    Optional<Placed<Writes>> writes = dual(family);
    Optional<DataOwnership> data = family.find(Keys.Family.DATA);
    if (writes.isPresent() && data.filter(owned -> owned == DataOwnership.SYNCED).isEmpty()) {
      findings.add(
          writes.get().place(),
          "'dual' is for a family whose sides have data of their own; allowed: data: synced, or"
              + " writes: owner");
    }
  }
}
