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
    private readonly Thread _thread;

    private AliveSignal(MessageWriter messages)
    {
        _thread = new Thread(() => Watch(messages)) { IsBackground = true, Name = "alive" };
        _thread.Start();
    }

    public static AliveSignal Send(MessageWriter messages) => new(messages);

    private void Watch(MessageWriter messages)
    {
        var said = Pulse.Beats;
        while (!_ended.Wait(_period))
        {
            if (Pulse.Beats == said)
                continue;
            said = Pulse.Beats;
            messages.Write(TrainerMessageTypes.Alive, new TrainerAlive(Pulse.Batches));
        }
    }

    /// <summary>Nothing is written afterwards.</summary>
    public void Dispose()
    {
        _ended.Set();
        _thread.Join();
        _ended.Dispose();
    }
}
