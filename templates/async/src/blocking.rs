//! Blocking work behind a future: it has a thread of its own and stops when nobody waits for it any more.

use std::panic;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::task::spawn_blocking;

/// Runs `work` on a thread that may block, which the threads of the async runtime may not.
///
/// A thread cannot be stopped from outside. So `work` gets a flag to look at now and then: it is set when this future is dropped.
pub async fn run<T, F>(work: F) -> T
where
    T: Send + 'static,
    F: FnOnce(&AtomicBool) -> T + Send + 'static,
{
    let guard = StopOnDrop::default();
    let stop = Arc::clone(&guard.0);
    match spawn_blocking(move || work(&stop)).await {
        Ok(result) => result,
        Err(error) => panic::resume_unwind(error.into_panic()),
    }
}

#[derive(Default)]
struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;
    use std::time::{Duration, Instant};

    use tokio::runtime::{Builder, Runtime};
    use tokio::time::timeout;

    use super::*;

    fn runtime() -> Runtime {
        Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime")
    }

    #[test]
    fn the_result_comes_back() {
        assert_eq!(runtime().block_on(run(|_| 6 * 7)), 42);
    }

    #[test]
    fn dropping_the_future_stops_the_work() {
        let (sender, receiver) = mpsc::channel();
        let work = run(move |stop| {
            let begin = Instant::now();
            while !stop.load(Ordering::Relaxed) && begin.elapsed() < Duration::from_secs(10) {
                thread::sleep(Duration::from_millis(1));
            }
            sender.send(stop.load(Ordering::Relaxed))
        });
        let waited = runtime().block_on(async { timeout(Duration::from_millis(20), work).await });
        assert!(waited.is_err(), "the work ended by itself");
        assert_eq!(receiver.recv(), Ok(true));
    }
}
