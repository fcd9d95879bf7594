//! What codemods may know beyond the module they look at.

pub struct Facts<'a> {
    _p: std::marker::PhantomData<&'a ()>,
}
