package dev.banyan.cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// The base URL of a side: scheme and host, perhaps a port and a path.
final class SideUrl implements ITypeConverter<URI> {
  private static final String EXAMPLE = "such as http://127.0.0.1:3000";

  @Override
  public URI convert(String typed) {
    URI url = parse(typed);
    if (url.getRawUserInfo() != null) {
      // Not repeated: it holds a password.
      throw new TypeConversionException(
          "a URL with a user and a password ends up in logs and reports; give"
              + " --header 'Authorization: Basic ...' instead");
    }
    if (!isHttp(url.getScheme()) || url.getHost() == null) {
      throw new TypeConversionException(
          "'" + typed + "' is no URL of http or https with a host, " + EXAMPLE);
    }
    if (url.getRawQuery() != null || url.getRawFragment() != null) {
      throw new TypeConversionException(
          "'" + typed + "' has a query or a fragment; a base URL has a path at most");
    }
    return url;
  }

  private static URI parse(String typed) {
    try {
      return new URI(typed);
    } catch (URISyntaxException e) {
      throw new TypeConversionException(
          "what was given as a URL is none: " + e.getReason() + "; write one " + EXAMPLE);
    }
  }

  private static boolean isHttp(@Nullable String scheme) {
    if (scheme == null) {
      return false;
    }
    String lower = scheme.toLowerCase(Locale.ROOT);
    return lower.equals("http") || lower.equals("https");
  }
}
