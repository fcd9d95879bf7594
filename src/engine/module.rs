//! A parsed module, as a codemod sees it.

pub struct Module<'a> {
    _p: std::marker::PhantomData<&'a ()>,
}
