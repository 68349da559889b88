"""The picture in, advisories out (spec/watch.md). Pure; imports nothing slow by itself."""
