package dev.banyan.store.rows;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A statement with its values, to be carried out.
///
/// @param values for its question marks; null is a null of the database
public record Sql(String text, List<@Nullable Object> values) {
  public Sql {
    values = Collections.unmodifiableList(new ArrayList<>(values));
  }

  public static Sql of(String text, @Nullable Object... values) {
    List<@Nullable Object> all = new ArrayList<>();
    Collections.addAll(all, values);
    return new Sql(text, all);
  }

  /// Puts the values in place.
  ///
  /// @param from the number of the first question mark
  public void bind(PreparedStatement statement, int from) throws SQLException {
    int place = from;
    for (@Nullable Object value : values) {
      statement.setObject(place, value);
      place++;
    }
  }
}
