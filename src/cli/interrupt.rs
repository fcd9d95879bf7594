//! Ctrl-C and its like: at once while nothing is written, and with everything taken back while something is.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::low_level::unregister;
use signal_hook::{SigId, flag};

/// Whether a signal ends the process, as it does where nobody listens.
static ENDS: AtomicBool = AtomicBool::new(true);

/// How many listen: who commits does, and so does who writes the files of it.
static LISTENERS: AtomicUsize = AtomicUsize::new(0);

/// While one of these lives, a signal that would end the process asks it to stop instead.
pub struct Interrupt {
    listening: Vec<SigId>,
    stop: Arc<AtomicBool>,
    /// The number of the last signal; 0 when there was none.
    signal: Arc<AtomicUsize>,
}

impl Interrupt {
    /// Take the signals over.
    ///
    /// # Errors
    /// The system does not let this process listen.
    pub fn listen() -> anyhow::Result<Self> {
        let mut interrupt = Self {
            listening: Vec::new(),
            stop: Arc::default(),
            signal: Arc::default(),
        };
        LISTENERS.fetch_add(1, Ordering::SeqCst);
        ENDS.store(false, Ordering::SeqCst);
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            let number = usize::try_from(signal)?;
            let ids = [
                flag::register_usize(signal, interrupt.signal.clone(), number)?,
                flag::register(signal, interrupt.stop.clone())?,
                flag::register_conditional_default(signal, &ENDS)?,
            ];
            interrupt.listening.extend(&ids[..2]);
        }
        Ok(interrupt)
    }

    /// Set when a signal has come.
    pub fn stop(&self) -> &AtomicBool {
        &self.stop
    }

    /// The signal that has come.
    pub fn signal(&self) -> Option<u8> {
        let signal = u8::try_from(self.signal.load(Ordering::SeqCst));
        signal.ok().filter(|signal| *signal != 0)
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        for id in self.listening.drain(..) {
            unregister(id);
        }
        if LISTENERS.fetch_sub(1, Ordering::SeqCst) == 1 {
            ENDS.store(true, Ordering::SeqCst);
        }
    }
}
