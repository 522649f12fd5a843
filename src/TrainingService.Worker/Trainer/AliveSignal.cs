using TrainingService.Contracts.Trainer;
using TrainingService.Engine.Training;

namespace TrainingService.Worker.Trainer;

/// <summary>
/// Says about once a second that the training gets on, from a thread of its own, so that a worker can tell a slow batch from one that hangs: a
/// training thread that does nothing more makes it fall silent.
/// </summary>
internal sealed class AliveSignal : IDisposable
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(1);

    private readonly ManualResetEventSlim _ended = new();
    private readonly Action<TrainerAlive> _say;
    private readonly Thread _thread;
    private long _seen = Pulse.Beats;

    private AliveSignal(Action<TrainerAlive> say)
    {
        _say = say;
        _thread = new Thread(Watch) { IsBackground = true, Name = "alive" };
    }

    /// <param name="say">Called on the thread.</param>
    /// <param name="watched">Whether the thread is started; otherwise somebody calls <see cref="Look"/>.</param>
    public static AliveSignal Begin(Action<TrainerAlive> say, bool watched = true)
    {
        var signal = new AliveSignal(say);
        if (watched)
            signal._thread.Start();
        return signal;
    }

    /// <summary>Says so when something was done since it looked last.</summary>
    public void Look()
    {
        if (Pulse.Beats is var beats && beats == _seen)
            return;
        _seen = beats;
        _say(new TrainerAlive(Pulse.Batches));
    }

    private void Watch()
    {
        while (!_ended.Wait(_period))
            Look();
    }

    /// <summary>Nothing is said afterwards.</summary>
    public void Dispose()
    {
        _ended.Set();
        if (!_thread.ThreadState.HasFlag(ThreadState.Unstarted))
            _thread.Join();
        _ended.Dispose();
    }
}
