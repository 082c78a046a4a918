package dev.banyan.routing;

import com.dynatrace.hash4j.hashing.Hasher64;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Side;
import dev.banyan.migration.Weight;
import dev.banyan.routing.Decision.Why;
import org.jspecify.annotations.Nullable;

/// One method of one template in one epoch of its family, with both its decisions ready.
public final class Route {
  private static final Hasher64 UNCLAIMED = Sticky.hasher("");

  private final @Nullable FamilyRoutes family;
  private final Endpoint endpoint;
  private final boolean safe;
  private final int candidateBuckets;
  private final Hasher64 hasher;
  private final Decision toLegacy;
  private final @Nullable Decision toCandidate;
  private final @Nullable Decision toOwner;

  /// A route of a family.
  Route(FamilyRoutes family, Hasher64 hasher, Endpoint endpoint, boolean safe) {
    this.family = family;
    this.hasher = hasher;
    this.endpoint = endpoint;
    this.safe = safe;
    Phase phase = family.phase();
    this.candidateBuckets = family.weight(safe).buckets();
    boolean compared = family.compared();
    Why why = family.held() && !safe ? Why.HELD : Why.PHASE;
    WriteShadow write = compared && !safe ? family.writes() : null;
    this.toLegacy =
        new Decision(
            this,
            Side.LEGACY,
            family.legacyService(),
            compared ? copyOfLegacys(family, write) : null,
            write,
            null,
            why);
    // A retired legacy may be switched off: it is neither compared with nor fallen back to.
    boolean net = safe && family.fallback() && phase.name() != Phase.Name.RETIRED;
    this.toCandidate =
        new Decision(
            this,
            Side.CANDIDATE,
            family.candidateService(),
            compared && safe ? family.legacyService() : null,
            // What the candidate has authority over is copied to nobody.
            write == null ? null : WriteShadow.BLOCKED,
            net ? family.legacyService() : null,
            why);
    this.toOwner = safe ? toOwner(family) : null;
  }

  /// Where the reads of a unit go that the other side may be behind of: it is not compared with,
  /// from `shadow` on, and does not stand in. What is denied to the candidate stays denied.
  private @Nullable Decision toOwner(FamilyRoutes of) {
    OwnData own = of.ownData();
    Phase.Name phase = of.phase().name();
    Side owner = of.owner();
    if (own == null
        || own.readYourWrites() == OwnData.ReadYourWrites.OFF
        || (of.denial() != Denial.NONE && owner == Side.CANDIDATE)
        || phase == Phase.Name.LEGACY
        || phase == Phase.Name.RETIRED) {
      return null;
    }
    String service = owner == Side.LEGACY ? of.legacyService() : of.candidateService();
    return new Decision(this, owner, service, null, null, null, Why.WROTE);
  }

  /// Who gets a copy of what the legacy answers.
  private static @Nullable String copyOfLegacys(FamilyRoutes family, @Nullable WriteShadow write) {
    return switch (write) {
      case null -> family.candidateService();
      case WriteShadow.Blocked _ -> null;
      case WriteShadow.DryRun _ -> family.candidateService();
      case WriteShadow.Sandbox sandbox -> sandbox.service();
    };
  }

  /// What no family claims: it goes to the legacy.
  Route(String legacyService, String method) {
    this.family = null;
    this.hasher = UNCLAIMED;
    this.endpoint = new Endpoint(method, "/**");
    this.safe = Endpoint.isRead(method);
    this.candidateBuckets = 0;
    this.toLegacy = new Decision(this, Side.LEGACY, legacyService, null, null, null, Why.PHASE);
    this.toCandidate = null;
    this.toOwner = null;
  }

  /// The family, or null for what no family claims.
  public @Nullable String family() {
    return family == null ? null : family.family();
  }

  public long epoch() {
    return family == null ? 0 : family.epoch();
  }

  public Endpoint endpoint() {
    return endpoint;
  }

  /// Whether a request on this route only reads.
  public boolean safe() {
    return safe;
  }

  /// What follows from each side having data of its own, or null where they have not.
  public @Nullable OwnData ownData() {
    return family == null ? null : family.ownData();
  }

  /// The decision for a read of a unit that has written what the side which does not own the data
  /// may not have yet; null where its reads go where all others do.
  public @Nullable Decision toOwner() {
    return toOwner;
  }

  /// Where the sticky unit is, whether or not it makes a difference; null for what no family
  /// claims.
  public @Nullable Sticky unit() {
    return family == null ? null : family.sticky();
  }

  /// Whether a weight between 0 and 1 decides, so that one unit's side is not another's.
  public boolean isWeighted() {
    return family != null && candidateBuckets != 0 && candidateBuckets != Weight.ALL;
  }

  /// Where the sticky unit is, or null where the unit makes no difference: every unit gets the same
  /// decision.
  public @Nullable Sticky sticky() {
    return family == null || !isWeighted() ? null : family.sticky();
  }

  /// Whether both sides may be asked: neither is the candidate yet to come nor the legacy gone.
  public boolean hasBothSides() {
    return family != null
        && family.phase().name() != Phase.Name.LEGACY
        && family.phase().name() != Phase.Name.RETIRED;
  }

  /// A sticky unit's hash, which is never 0. It is salted with the family alone, so that a unit
  /// keeps its side on all its endpoints, on every gateway and after every restart.
  public long hash(CharSequence unit) {
    return Sticky.hash(hasher, unit);
  }

  /// The decision for a unit's hash. Any number will do where no weight decides.
  public Decision decideFor(long hash) {
    return decide(Sticky.bucketOf(hash));
  }

  /// The decision for a unit's bucket. Any bucket will do where [#sticky] is null.
  public Decision decide(int bucket) {
    Decision candidate = toCandidate;
    return candidate != null && bucket < candidateBuckets ? candidate : toLegacy;
  }
}
