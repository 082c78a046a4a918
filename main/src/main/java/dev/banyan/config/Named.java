package dev.banyan.config;

/// An entry under a name that the user chose: a service, a family.
///
/// @param place where the name stands
record Named<T>(String name, T value, Place place) {}
