//! The catalogue: one folder per codemod.

mod async_blocking;
mod bare_except;
mod call_timeouts;
mod email_validator;
mod hoist_imports;
mod log_swallowed;
mod optional_to_union;
mod raise_from;
mod reraise_http_exception;
mod response_model;
mod union_to_optional;
mod unreachable_code;

use codemend_engine::codemod::Codemod;

/// Every codemod, in the order in which they run.
pub static ALL: &[&dyn Codemod] = &[
    &optional_to_union::OptionalToUnion,
    &union_to_optional::UnionToOptional,
    &hoist_imports::HoistImports,
    &email_validator::EmailValidator,
    &response_model::ResponseModel,
    &bare_except::BareExcept,
    &reraise_http_exception::ReraiseHttpException,
    &call_timeouts::CallTimeouts,
    &raise_from::RaiseFrom,
    &log_swallowed::LogSwallowed,
    &unreachable_code::UnreachableCode,
    &async_blocking::AsyncBlocking,
];
