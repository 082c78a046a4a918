package dev.banyan.routing;

import com.dynatrace.hash4j.hashing.Hasher64;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Side;
import dev.banyan.migration.Weight;
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

  /// A route of a family.
  Route(FamilyRoutes family, Hasher64 hasher, Endpoint endpoint, boolean safe) {
    this.family = family;
    this.hasher = hasher;
    this.endpoint = endpoint;
    this.safe = safe;
    Phase phase = family.phase();
    this.candidateBuckets = family.weight(safe).buckets();
    boolean compared = family.compared();
    WriteShadow write = compared && !safe ? family.writes() : null;
    this.toLegacy =
        new Decision(
            this,
            Side.LEGACY,
            family.legacyService(),
            compared ? copyOfLegacys(family, write) : null,
            write,
            null);
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
            net ? family.legacyService() : null);
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
    this.toLegacy = new Decision(this, Side.LEGACY, legacyService, null, null, null);
    this.toCandidate = null;
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

  /// Where the sticky unit is, whether or not it makes a difference to the decision; null for what
  /// no family claims.
  public @Nullable Sticky declaredSticky() {
    return family == null ? null : family.sticky();
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
