//! Under which name a run is remembered: all that it is asked, and all that surrounds it but the disk.

use serde::Serialize;

use super::Way;
use crate::discover::{self, Bounds};
use crate::pipeline::Request;

/// Raised when memories are written another way.
const FORMAT: u32 = 1;

/// Variables that a run rests on.
const VARIABLES: [&str; 3] = ["HOME", "VIRTUAL_ENV", "TY_CONSTRAINT_SET_ORDER"];

#[derive(Serialize)]
struct Asked<'a> {
    format: u32,
    build: &'a str,
    paths: &'a [camino::Utf8PathBuf],
    catalogue: Vec<&'static str>,
    configuration: String,
    python: &'a Option<camino::Utf8PathBuf>,
    ways: [bool; 5],
    bounds: String,
    environment: String,
    variables: Vec<Option<Vec<u8>>>,
}

/// The name of `request`, in letters that any file system takes; `None` when it is not to be remembered: standard
/// input, a shard, and a part of the changes, whose choice is made elsewhere.
pub(super) fn name(request: &Request<'_>, way: Way, build: &str) -> Option<String> {
    let narrowing = &request.narrowing;
    let is_part = request.stdin.is_some() || request.shard.is_some();
    if is_part || narrowing.files.is_some() || narrowing.places.is_some() {
        return None;
    }
    let bounds = Bounds::of(&request.paths);
    let environment = discover::environment(&bounds, request.python.as_deref());
    let variable = |name: &&str| std::env::var_os(name).map(std::ffi::OsString::into_encoded_bytes);
    let asked = Asked {
        format: FORMAT,
        build,
        paths: &request.paths,
        catalogue: request
            .catalogue
            .iter()
            .map(|one| one.about().name)
            .collect(),
        configuration: request.configuration.request(),
        python: &request.python,
        ways: [
            way == Way::Verified,
            request.follow_hard_links,
            request.prefilter,
            request.review,
            request.in_parts,
        ],
        bounds: format!("{bounds:?}"),
        environment: format!("{environment:?}"),
        variables: VARIABLES.iter().map(variable).collect(),
    };
    let bytes = postcard::to_stdvec(&asked).ok()?;
    Some(blake3::hash(&bytes).to_hex()[..32].to_owned())
}
