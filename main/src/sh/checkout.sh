# What the scripts that start something from a checkout share; they set `here` to its root and read this file.
# BANYAN_JDK_SEARCH: directories that hold JDKs, separated by colons, instead of the usual ones.

# A JDK 25 has a javac, and a `release` file that tells its version.
is_jdk_25() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] && grep -q '^JAVA_VERSION="25[".]' "$1/release"
}

find_jdk() {
  if [ -n "${JAVA_HOME:-}" ] && is_jdk_25 "$JAVA_HOME"; then
    printf '%s\n' "$JAVA_HOME"
    return 0
  fi
  if [ -z "${BANYAN_JDK_SEARCH:-}" ] && command -v javac >/dev/null 2>&1; then
    javac=$(readlink -f "$(command -v javac)" 2>/dev/null || command -v javac)
    home=${javac%/bin/javac}
    if is_jdk_25 "$home"; then
      printf '%s\n' "$home"
      return 0
    fi
  fi
  search=${BANYAN_JDK_SEARCH:-/usr/lib/jvm:/usr/java:/opt/java:/Library/Java/JavaVirtualMachines:$HOME/.sdkman/candidates/java:$HOME/.jdks}
  old_ifs=$IFS
  IFS=:
  for dir in $search; do
    for home in "$dir"/* "$dir"/*/Contents/Home; do
      if is_jdk_25 "$home"; then
        IFS=$old_ifs
        printf '%s\n' "$home"
        return 0
      fi
    done
  done
  IFS=$old_ifs
  return 1
}

# Whether a jar is missing, or older than a source that goes into it.
stale() {
  built=$1
  shift
  [ ! -f "$built" ] || [ -n "$(find "$@" -newer "$built" -print 2>/dev/null | head -n 1)" ]
}

build() {
  command -v mvn >/dev/null 2>&1 || {
    echo "banyan: Maven 3.8.7 or newer is needed to build; install it (package maven) and run this again" >&2
    exit 2
  }
  echo "banyan: building (the first time takes a minute or two) ..." >&2
  mkdir -p "$here/target"
  log=$here/target/build.log
  # Maven's own libraries make a JDK 25 warn of things that say nothing about this program.
  (cd "$here" && JAVA_HOME=$jdk MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED ${MAVEN_OPTS:-}" \
    mvn -q -B -DskipTests -pl "$1" -am package) >"$log" 2>&1 || {
    cat "$log" >&2
    echo "banyan: the build failed; the lines above say where" >&2
    exit 2
  }
}

# The JDK to run on, or the end of the script.
jdk=$(find_jdk) || {
  echo "banyan: no JDK 25 found; install one (for example the package temurin-25-jdk or openjdk-25-jdk) or point JAVA_HOME at it" >&2
  exit 2
}

# What the program is built from.
sources="$here/pom.xml $here/main/pom.xml $here/main/src/main"
