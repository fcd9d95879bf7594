//! The progress line. It appears only when the work takes long enough to wonder, and leaves nothing behind.
//!
//! A thread of its own waits for that moment and draws from then on: the workers only count, and a run that is over
//! before never draws. Where standard error is no terminal there is no thread either.

use std::fmt::Write;
use std::io::{IsTerminal, stderr};
use std::sync::Mutex;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use codemend_engine::pipeline::{Progress, Request};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

const PATIENCE: Duration = Duration::from_millis(200);
const TICK: Duration = Duration::from_millis(100);

/// Time after which the pace is known well enough to say how long the rest takes.
const PACE: Duration = Duration::from_secs(1);

const UNCOUNTED: &str = "{spinner} {msg}{spent}";
const COUNTED: &str = "{spinner} {msg}  {bar:20}  {pos}/{len} files{left}";

/// A line on standard error: the phase, the files done of all in it, and how long the rest of it may take.
pub struct Bar {
    bar: ProgressBar,
    steps: Vec<&'static str>,
    drawing: Mutex<Option<Drawing>>,
}

/// The thread that draws; it ends when the sender is gone.
struct Drawing {
    until: Sender<()>,
    thread: JoinHandle<()>,
}

impl Bar {
    /// A line for the run that `request` asks for. Its steps are the codemods that are chosen where it begins.
    pub fn over(request: &Request<'_>) -> Self {
        let first = request.paths.first();
        let settings = first.and_then(|path| request.configuration.settings_at(path).ok());
        Self::new(settings.map_or_else(Vec::new, |settings| settings.codemods.clone()))
    }

    /// A line for a phase that cannot be counted.
    pub fn of(phase: &str) -> Self {
        let bar = Self::new(Vec::new());
        bar.phase(phase);
        bar
    }

    /// Take the line away before anything else is printed. It does not come back.
    pub fn finish(&self) {
        let drawing = self.drawing.lock().ok().and_then(|mut it| it.take());
        if let Some(Drawing { until, thread }) = drawing {
            drop(until);
            let _ = thread.join();
        }
        self.bar.finish_and_clear();
    }

    /// A line that will show itself after a moment. Phases named as one of `steps`, which come in this order, say which
    /// of them they are.
    fn new(steps: Vec<&'static str>) -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
        let drawing = match can_redraw() {
            true => draw_later(&bar),
            false => None,
        };
        Self {
            bar,
            steps,
            drawing: Mutex::new(drawing),
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.finish();
    }
}

impl Progress for Bar {
    fn phase(&self, name: &str) {
        let at = self.steps.iter().position(|step| *step == name);
        let of = self.steps.len();
        self.bar.set_length(0);
        self.bar.reset();
        self.bar.set_style(style(UNCOUNTED));
        self.bar.set_message(match at {
            Some(at) if of > 1 => format!("{name} ({} of {of})", at + 1),
            _ => name.to_owned(),
        });
    }

    fn expect(&self, files: usize) {
        // A codemod looks at files again where it has changed some: that begins anew.
        self.bar.set_length(files as u64);
        self.bar.set_style(style(COUNTED));
        // What was found out before the first file says nothing about the pace.
        self.bar.reset();
    }

    fn advance(&self) {
        self.bar.inc(1);
    }
}

/// Whether a line on standard error can be drawn anew: not in a file, nor in a terminal that only ever goes on.
fn can_redraw() -> bool {
    stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

fn draw_later(bar: &ProgressBar) -> Option<Drawing> {
    let bar = bar.clone();
    let (until, ended) = mpsc::channel();
    let draw = move || {
        let mut wait = PATIENCE;
        while ended.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
            if wait == PATIENCE {
                bar.set_draw_target(ProgressDrawTarget::stderr());
                wait = TICK;
            }
            bar.tick();
        }
    };
    let thread = thread::Builder::new().spawn(draw).ok()?;
    Some(Drawing { until, thread })
}

fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template);
    let style = style.unwrap_or_else(|_| ProgressStyle::default_spinner());
    let style = style.progress_chars("━╸─");
    style.with_key("left", left).with_key("spent", spent)
}

/// `, 3 s`, where it takes a while.
fn spent(state: &ProgressState, line: &mut dyn Write) {
    let seconds = state.elapsed().as_secs();
    if seconds >= 2 {
        let _ = write!(line, ", {seconds} s");
    }
}

/// `, 12 s left`, once that is known.
fn left(state: &ProgressState, line: &mut dyn Write) {
    let is_done = state.len() == Some(state.pos());
    if is_done || state.pos() == 0 || state.elapsed() < PACE {
        return;
    }
    let _ = match state.eta().as_secs() + 1 {
        seconds @ 0..100 => write!(line, ", {seconds} s left"),
        seconds => write!(line, ", {} min left", seconds.div_ceil(60)),
    };
}

#[cfg(test)]
mod tests {
    use codemend_engine::pipeline::Progress;

    use super::Bar;

    #[test]
    fn each_phase_counts_anew() {
        let bar = Bar::new(vec!["one", "two"]);
        bar.phase("reading");
        assert_eq!(bar.bar.message(), "reading");
        bar.phase("two");
        assert_eq!(bar.bar.message(), "two (2 of 2)");
        bar.expect(3);
        bar.advance();
        bar.expect(5);
        bar.advance();
        assert_eq!((bar.bar.position(), bar.bar.length()), (1, Some(5)));
        bar.phase("checking");
        assert_eq!((bar.bar.position(), bar.bar.length()), (0, Some(0)));
        bar.finish();
    }
}
