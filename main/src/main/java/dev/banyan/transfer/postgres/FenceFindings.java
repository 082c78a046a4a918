package dev.banyan.transfer.postgres;

import dev.banyan.transfer.engine.Finding;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What keeps an application from being fenced.
final class FenceFindings {
  private static final String OWNERS =
      """
      select wanted.name, pg_get_userbyid(c.relowner) from unnest(?) as wanted(name)
      join pg_class c on c.oid = wanted.name::regclass
      where not pg_has_role(current_user, c.relowner, 'usage')
      """;

  private static final String ROLES =
      """
      select wanted.name, r.oid is not null, coalesce(r.rolsuper, false),
        coalesce(wanted.name = current_user or pg_has_role(current_user, r.oid, 'member')
          or pg_has_role(current_user, 'pg_signal_backend', 'member'), false),
        coalesce((select rolsuper from pg_roles where rolname = current_user), false)
      from unnest(?) as wanted(name) left join pg_roles r on r.rolname = wanted.name
      """;

  private static final String STORE =
      """
      select has_database_privilege(current_database(), 'CREATE')
        or coalesce(has_schema_privilege(to_regnamespace('banyan'), 'CREATE'), false)
      """;

  private FenceFindings() {}

  private record Role(
      String name, boolean there, boolean superuser, boolean ended, boolean weAreSuper) {}

  static List<Finding> of(Connection connection, String[] tables, String[] roles)
      throws SQLException {
    List<Finding> findings = new ArrayList<>();
    if (!Sessions.list(connection, STORE, row -> row.getBoolean(1)).getFirst()) {
      findings.add(
          new Finding(
              true,
              "no-schema",
              "banyan",
              "schema banyan can not be created, where what was revoked is written down; grant"
                  + " create on database to the transfer's role"));
    }
    Sessions.list(
        connection,
        OWNERS,
        row ->
            findings.add(
                new Finding(
                    true,
                    "not-owner",
                    row.getString(1),
                    "only a member of its owner "
                        + row.getString(2)
                        + " can take rights away or add a guard; grant that role to the"
                        + " transfer's")),
        (Object) tables);
    List<Role> found =
        Sessions.list(
            connection,
            ROLES,
            row ->
                new Role(
                    row.getString(1),
                    row.getBoolean(2),
                    row.getBoolean(3),
                    row.getBoolean(4),
                    row.getBoolean(5)),
            (Object) roles);
    found.forEach(role -> role(role, findings));
    if (Arrays.asList(roles).isEmpty()) {
      findings.add(
          new Finding(
              false,
              "no-role",
              "applications",
              "no role of the application is named: a guard trigger refuses everybody's writes, and"
                  + " no session is ended"));
    }
    return findings;
  }

  private static void role(Role role, List<Finding> findings) {
    if (!role.there()) {
      findings.add(
          new Finding(true, "no-role", role.name(), "there is no such role in this server"));
    } else if (!role.ended() || (role.superuser() && !role.weAreSuper())) {
      findings.add(
          new Finding(
              true,
              "sessions-stay",
              role.name(),
              "its sessions can not be ended; grant pg_signal_backend"
                  + (role.superuser() ? " and do not run the application as a superuser" : "")));
    } else if (role.superuser()) {
      findings.add(
          new Finding(
              false,
              "superuser",
              role.name(),
              "a superuser's rights can not be revoked; a guard trigger refuses its writes, which"
                  + " it could remove"));
    }
  }
}
