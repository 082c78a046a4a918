package dev.banyan.demo.candidate;

import dev.banyan.demo.shop.Call;
import org.jspecify.annotations.Nullable;

/// Which part of a list is asked for.
record Paging(int limit, long offset) {
  static final String PART = " limit ? offset ?";
  static final String SQL = " order by id" + PART;

  private static final int STANDARD = 20;
  private static final int MOST = 100;

  static Paging of(Call call) {
    int limit = Math.min(MOST, positive(call.query().get("limit"), STANDARD));
    int page = positive(call.query().get("page"), 1);
    return new Paging(limit, (page - 1L) * limit);
  }

  private static int positive(@Nullable String text, int standard) {
    if (text == null || !text.matches("[0-9]{1,9}")) {
      return standard;
    }
    int number = Integer.parseInt(text);
    return number == 0 ? standard : number;
  }

  /// A path variable as an id; a text that is none is the id of nothing.
  static int id(String variable) {
    return variable.matches("[0-9]{1,9}") ? Integer.parseInt(variable) : -1;
  }
}
