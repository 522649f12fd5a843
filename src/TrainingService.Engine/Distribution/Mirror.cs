using TorchSharp;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Checkpoints;
using TrainingService.Engine.Layers;
using TrainingService.Engine.Models;
using TrainingService.Engine.Random;

namespace TrainingService.Engine.Distribution;

/// <summary>
/// Keras's MirroredStrategy: copies of the model that each compute a part of every batch, on the devices of one machine. The outputs of all
/// parts come together before the loss, so that loss, metrics and their reductions are those of the whole batch; each replica then gets
/// the gradients of its outputs and goes back, and the sum of all gradients moves the first replica's weights. On the CPU replicas are
/// threads. The first replica computes on the calling thread. For one number of replicas, results repeat.
/// </summary>
/// <remarks>BatchNormalization sees its replica's rows only, as Keras's does unless it is synchronized; the moving statistics are the replicas' means.</remarks>
public sealed class Mirror : IStateful, IDisposable
{
    private readonly Replica[] _replicas;
    private readonly ReplicaThread[] _threads;
    private readonly DisposeScope?[] _scopes;
    private readonly List<(long Start, long Rows)> _parts = [];
    private readonly List<torch.Tensor> _outputs = [], _losses = [];

    /// <summary>Makes the copies.</summary>
    /// <param name="model">The first replica; its weights are the trained ones.</param>
    /// <param name="random">The job's streams; each copy draws from streams of its own.</param>
    /// <param name="devices">A device for each replica, the model's first.</param>
    /// <param name="threads">Threads of the whole job, which the replicas share.</param>
    public Mirror(Model model, RandomStreams random, IReadOnlyList<torch.Device> devices, int threads)
    {
        var each = Math.Max(1, threads / devices.Count);
        IReadOnlyList<Shape> inputs = [.. model.Walk.Inputs.Select(input => input.Shape)];
        _replicas = [new Replica(model), .. devices.Skip(1).Select((device, i) =>
            new Replica(new Model((ModelSpec)model.Spec, inputs, new RandomStreams((long)(random.SeedOf("replica", "", i + 1) >> 1)), device)))];
        _threads = [.. devices.Skip(1).Select((_, i) => new ReplicaThread($"replica {i + 1}", each))];
        _scopes = new DisposeScope?[devices.Count];
        torch.set_num_threads(each);
    }

    /// <summary>How many.</summary>
    public int Count => _replicas.Length;

    /// <summary>The outputs of the whole batch, from which a backward pass ends; and what layers add to the loss, each part counted by its rows.</summary>
    /// <param name="inputs">The model's inputs.</param>
    public (IReadOnlyList<KerasTensor> Outputs, IReadOnlyList<torch.Tensor> Losses) Forward(KerasTensor[] inputs)
    {
        var rows = inputs[0].Value.shape[0];
        Split(rows);
        CopyWeights();
        var parts = _parts.Select(part => inputs.Select(input => new KerasTensor(input.Value.narrow(0, part.Start, part.Rows))).ToArray()).ToArray();
        OnAll(i =>
        {
            if (i > 0)
            {
                _scopes[i]?.Dispose();
                _scopes[i] = torch.NewDisposeScope(); // until this replica has gone back
            }
            _replicas[i].Forward(parts[i]);
        });
        _outputs.Clear();
        _losses.Clear();
        var device = _replicas[0].Model.Device;
        var active = _replicas.Take(_parts.Count).ToList();
        List<KerasTensor> whole = [];
        for (var output = 0; output < active[0].Outputs.Count; output++)
        {
            var value = torch.cat([.. active.Select(replica => replica.Outputs[output].Value.to(device))]);
            _outputs.Add(value.is_floating_point() ? value.requires_grad_(true) : value);
            var mask = active[0].Outputs[output].Mask is null ? null : torch.cat([.. active.Select(replica => replica.Outputs[output].Mask!.to(device))]);
            whole.Add(new KerasTensor(value, mask));
        }
        List<torch.Tensor> added = [];
        foreach (var (replica, part) in active.Zip(_parts))
        {
            foreach (var loss in replica.Losses)
            {
                var leaf = loss.to(device).clone().requires_grad_(true);
                _losses.Add(leaf);
                added.Add(leaf * ((double)part.Rows / rows));
            }
        }
        return (whole, added);
    }

    /// <summary>After the backward pass of the whole batch's loss: every replica goes back, and the first one's gradients become the sum.</summary>
    public void Backward()
    {
        var perReplica = _losses.Count / _parts.Count;
        var gradients = _parts.Select((part, i) => (torch.Tensor?[])
            [.. _outputs.Select(output => output.requires_grad ? output.grad?.narrow(0, part.Start, part.Rows) : null), .. _losses.Skip(i * perReplica).Take(perReplica).Select(loss => loss.grad)]).ToArray();
        OnAll(i =>
        {
            try
            {
                _replicas[i].Backward(gradients[i]);
            }
            finally
            {
                _scopes[i]?.Dispose();
                _scopes[i] = null;
            }
        });
        using var noGrad = torch.no_grad();
        var sum = _replicas[0].Model.Parameters.Gradients;
        foreach (var replica in _replicas.Take(_parts.Count).Skip(1))
            sum.add_(replica.Model.Parameters.Gradients.to(sum.device));
        AverageStatistics();
    }

    /// <summary>Parts of equal size, the first ones a row longer where they do not fit; fewer parts than replicas where there are fewer rows.</summary>
    private void Split(long rows)
    {
        _parts.Clear();
        long start = 0;
        for (var i = 0; i < Count && (start < rows || i == 0); i++)
        {
            var part = rows / Count + (i < rows % Count ? 1 : 0);
            _parts.Add((start, part));
            start += part;
        }
    }

    private void OnAll(Action<int> work)
    {
        for (var i = 1; i < _parts.Count; i++)
        {
            var replica = i;
            _threads[i - 1].Begin(() => work(replica));
        }
        try
        {
            work(0);
        }
        finally
        {
            foreach (var thread in _threads)
                thread.Wait();
        }
    }

    /// <summary>Whatever wrote to the first replica's weights since the last step, the others follow.</summary>
    private void CopyWeights()
    {
        using var noGrad = torch.no_grad();
        var first = _replicas[0].Model;
        foreach (var replica in _replicas.Skip(1))
        {
            replica.Model.Parameters.Values.copy_(first.Parameters.Values);
            foreach (var (own, weight) in replica.Model.Weights.Zip(first.Weights).Where(pair => !pair.Second.Trainable))
                own.Assign(weight.Value);
        }
    }

    /// <summary>What layers themselves moved, such as moving averages, becomes the replicas' mean.</summary>
    private void AverageStatistics()
    {
        var first = _replicas[0].Model.Weights;
        for (var i = 0; i < first.Count && _parts.Count > 1; i++)
        {
            if (!first[i].IsStatistic || !first[i].Value.is_floating_point())
                continue;
            foreach (var replica in _replicas.Take(_parts.Count).Skip(1))
                first[i].Value.add_(replica.Model.Weights[i].Value.to(first[i].Value.device));
            first[i].Value.div_(_parts.Count);
        }
    }

    /// <summary>What the copies' layers remember; their weights follow the first replica's.</summary>
    public void WriteState(StateWriter state)
    {
        state.AddValue("replicas", Count);
        for (var i = 1; i < Count; i++)
            state.Add($"{i}", _replicas[i].Model.LayerStates);
    }

    /// <inheritdoc />
    public void ReadState(StateReader state)
    {
        if (state.Value<int>("replicas") is var count && count != Count)
            throw new CheckpointException($"expected the states of {Count} replicas. Received: {count}.");
        for (var i = 1; i < Count; i++)
            state.Read($"{i}", _replicas[i].Model.LayerStates);
    }

    /// <summary>Ends the threads and frees the copies; the first replica stays.</summary>
    public void Dispose()
    {
        foreach (var thread in _threads)
            thread.Dispose();
        foreach (var replica in _replicas.Skip(1))
            replica.Model.Dispose();
    }
}
