package dev.banyan.cutover;

import dev.banyan.migration.FamilyState;
import dev.banyan.migration.Phase;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// One family as [Cutover] keeps it. Written under the cutover's lock; what is volatile may be read
/// without it.
final class Family {
  private volatile @Nullable FamilyPolicy policy;

  /// As the store has it.
  private volatile Standing standing;

  /// A rollback on its way into the store, or null.
  private volatile @Nullable Denial denial;

  /// What this replica does by itself while it is cut off from the store, or null.
  private volatile @Nullable Denial alone;

  /// What another replica is about to write, or null; it holds for the epochs up to one, and since
  /// a moment of the monotonic clock.
  private volatile @Nullable Denial hint;

  private volatile long hintEpoch;
  private volatile long hintedAt;

  /// Since when this replica has been in touch again, by the monotonic clock, and in which epoch it
  /// began to do so by itself.
  private volatile long aloneSince;

  private volatile long aloneEpoch;

  /// The highest epoch that was ever seen, here or in a former life of this process.
  private volatile long highest;

  /// Why promotion is to be held, while that is on its way into the store.
  private volatile @Nullable String holding;

  /// When the present step was entered, by the monotonic clock.
  private volatile long enteredAt;

  /// When the legacy last answered a client, or `enteredAt`.
  private volatile long legacySeenAt;

  /// What this process saw by itself.
  private final EvidenceFold own = new EvidenceFold();

  /// What all processes saw; the same where there is but one.
  private final EvidenceFold all;

  /// A change on its way into the store that comes into force once it is there, or null.
  private Journal.@Nullable Ticket pending;

  /// Whether its rows get another owner with that.
  private boolean changesOwner;

  private String lastRefusal = "";
  private String lastWait = "";
  private long alarmedEpoch = -1;
  private long outOfReachEpoch = -1;

  private final HandBacks handBacks = new HandBacks();

  /// When the program last tried to promote it.
  private long triedAt;

  private final ComparisonFold comparisons = new ComparisonFold();

  /// How often the comparisons were begun anew.
  private final AtomicLong periods = new AtomicLong();

  /// @param oneProcess whether what this process sees is all that is seen
  Family(Standing standing, boolean oneProcess, long now) {
    this.standing = standing;
    this.highest = standing.state().epoch();
    this.all = oneProcess ? own : new EvidenceFold();
    this.enteredAt = now;
    this.legacySeenAt = now;
  }

  /// Null while the configuration does not name the family.
  @Nullable FamilyPolicy policy() {
    return policy;
  }

  void policy(@Nullable FamilyPolicy next) {
    policy = next;
  }

  Standing standing() {
    return standing;
  }

  /// Whether a standing is one of this family.
  boolean isOf(Standing other) {
    return standing.state().family().equals(other.state().family());
  }

  @Nullable Denial denial() {
    return denial;
  }

  void denial(@Nullable Denial next) {
    denial = next;
  }

  @Nullable Denial alone() {
    return alone;
  }

  void alone(@Nullable Denial next, long now) {
    alone = next;
    aloneSince = now;
    aloneEpoch = standing.state().epoch();
  }

  /// Nothing takes the candidate off any more.
  void undenied() {
    denial = null;
    alone = null;
    hint = null;
  }

  /// Goes without the candidate until what another replica is about to write is here.
  void hint(@Nullable Denial next, long epoch, long now) {
    hint = next;
    hintEpoch = epoch;
    hintedAt = now;
  }

  /// Whether what was hinted at did not come in all that time.
  boolean hintedInVain(long now, long patience) {
    return hint != null && now - hintedAt >= patience;
  }

  /// This replica is cut off still.
  void stillAlone(long now) {
    aloneSince = now;
  }

  /// Whether those who decide for all have had the time, or have decided.
  boolean decidedElsewhere(long now, long patience) {
    return now - aloneSince >= patience || standing.state().epoch() != aloneEpoch;
  }

  long highest() {
    return highest;
  }

  /// Takes note of an epoch that there has been.
  void seen(long epoch) {
    highest = Math.max(highest, epoch);
  }

  /// A state in another phase, or anew in its own, with an epoch that there never was. What was
  /// entered without proof is not proved by being begun anew.
  FamilyState moved(FamilyState from, Phase to, Instant now) {
    FamilyState moved = from.moved(to, now).at(Math.max(highest, from.epoch()) + 1);
    return from.unproven() && to.equals(from.phase()) ? moved.asUnproven() : moved;
  }

  void holding(String reason) {
    holding = reason;
  }

  /// The store has it; a hold that came later stays.
  void held(String reason) {
    if (reason.equals(holding)) {
      holding = null;
    }
  }

  /// Why this process does not do what the store says, or null where it does.
  @Nullable String denied() {
    Denial rollback = denial;
    Denial lonely = alone;
    return rollback != null ? rollback.why() : lonely != null ? lonely.why() : null;
  }

  /// What is in force here: the standing, under what was decided since and is not recorded yet.
  FamilyState state() {
    return under(hint, under(alone, decided()));
  }

  /// The same without what this replica does for itself alone: what decisions start from.
  FamilyState decided() {
    FamilyState state = under(denial, standing.state());
    String held = holding;
    return held == null ? state : state.withHeld(held);
  }

  /// The standing as far as the store has it, and in the phase that a rollback has put in force
  /// here since.
  Standing steered() {
    Standing stored = standing;
    FamilyState state = under(denial, stored.state());
    return state.equals(stored.state())
        ? stored
        : new Standing(state, stored.baseline(), stored.approval());
  }

  /// What the store has may be further back than the denial by now.
  private static FamilyState under(@Nullable Denial denial, FamilyState state) {
    return denial != null && denial.takesBack(state.phase()) ? state.in(denial.phase()) : state;
  }

  EvidenceFold own() {
    return own;
  }

  EvidenceFold all() {
    return all;
  }

  /// What the program tries by itself where its rows would have to be given back.
  HandBacks handBacks() {
    return handBacks;
  }

  long enteredAt() {
    return enteredAt;
  }

  long legacySeenAt() {
    return Math.max(legacySeenAt, enteredAt);
  }

  void legacySeen(long now) {
    legacySeenAt = now;
  }

  boolean pending() {
    return pending != null && !pending.isDone();
  }

  /// Whether a change is on its way into the store with which the rows get another owner.
  boolean changesOwner() {
    return pending() && changesOwner;
  }

  void pending(Journal.Ticket next, boolean withOwner) {
    pending = next;
    changesOwner = withOwner;
  }

  /// Takes another standing, and begins the step anew if its epoch is another.
  void stand(Standing next, long now) {
    boolean moved = next.state().epoch() != standing.state().epoch();
    if (moved) {
      lastWait = "";
      // Ahead of the standing: whoever reads that without the lock never sees an old step's soak.
      beginSoak(now);
    }
    standing = next;
    seen(next.state().epoch());
    if (next.state().epoch() > hintEpoch) {
      hint = null;
    }
    lastRefusal = "";
  }

  /// What was seen so far says nothing of how the present step does.
  void beginSoak(long now) {
    enteredAt = now;
    legacySeenAt = now;
  }

  ComparisonFold comparisons() {
    return comparisons;
  }

  long periods() {
    return periods.get();
  }

  void comparedAnew() {
    periods.incrementAndGet();
  }

  /// Whether this refusal is another than the last one since the family changed.
  boolean newRefusal(String refusal) {
    boolean fresh = !refusal.equals(lastRefusal);
    lastRefusal = refusal;
    return fresh;
  }

  /// Whether what the family waits for is another than what was told last in this epoch.
  boolean newWait(String why) {
    boolean fresh = !why.equals(lastWait);
    lastWait = why;
    return fresh;
  }

  /// Whether the program may try to promote it, and that it does so now.
  boolean mayTry(long now, long pause) {
    boolean may = triedAt == 0 || now - triedAt >= pause;
    triedAt = may ? now : triedAt;
    return may;
  }

  /// Whether nobody was told yet that this epoch's step is out of reach.
  boolean newOutOfReach() {
    long epoch = standing.state().epoch();
    boolean fresh = outOfReachEpoch != epoch;
    outOfReachEpoch = epoch;
    return fresh;
  }

  /// Whether nobody was told of the alarm yet in this epoch.
  boolean newAlarm() {
    long epoch = standing.state().epoch();
    boolean fresh = alarmedEpoch != epoch;
    alarmedEpoch = epoch;
    return fresh;
  }
}
