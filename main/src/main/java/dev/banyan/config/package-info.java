/// `banyan.yaml`: from a file to the features' own option records, or to every problem in it.
///
/// [ConfigFile#load] reads bytes. `YamlText` turns them into YAML nodes with places, within limits;
/// `Reader` reads the nodes by the types of `Keys`, with `Filling` for `${…}`; `Checks` and
/// `RuleChecks` look at what must hold between keys. All of them put what is wrong into `Findings`,
/// with its place, and go on. A file without findings goes through `Binding` and becomes a
/// [BanyanConfig]; any other becomes [ConfigResult.Rejected]. [ConfigWatcher] does it again when
/// the file changes.
///
/// `Keys` is the one list of keys, types, defaults and meanings; `JsonSchema` and `ReferencePage`
/// are written from it.
@NullMarked
package dev.banyan.config;

import org.jspecify.annotations.NullMarked;
