using TorchSharp;
using TorchSharp.Modules;

namespace TrainingService.Benchmarks;

/// <summary>What one writes with TorchSharp: its modules, its Adam, cross_entropy on logits, index-select batches, the same two figures.</summary>
/// <param name="features">(rows, …); taken over, like the others.</param>
/// <param name="labels">(rows).</param>
/// <param name="batchSize">Rows per batch.</param>
/// <param name="rowsPerRound">Rows of a round, drawn anew each time.</param>
/// <param name="forward">The network.</param>
/// <param name="modules">Its parts.</param>
internal sealed class HandWrittenLoop(
    torch.Tensor features, torch.Tensor labels, int batchSize, int rowsPerRound, Func<torch.Tensor, torch.Tensor> forward, params IReadOnlyList<torch.nn.Module> modules)
    : IDisposable
{
    private readonly Adam _optimizer = torch.optim.Adam([.. modules.SelectMany(module => module.parameters())], lr: 0.001);

    public void Round()
    {
        using var round = torch.NewDisposeScope();
        foreach (var module in modules)
            module.train();
        var order = torch.randperm(features.shape[0], dtype: torch.int64);
        torch.Tensor lossSum = torch.zeros(1), correct = torch.zeros(1, torch.int64);
        for (var start = 0; start < rowsPerRound; start += batchSize)
        {
            using var step = torch.NewDisposeScope();
            var rows = order.narrow(0, start, Math.Min(batchSize, rowsPerRound - start));
            var (x, y) = (features.index_select(0, rows), labels.index_select(0, rows));
            _optimizer.zero_grad();
            var outputs = forward(x);
            var loss = torch.nn.functional.cross_entropy(outputs, y);
            loss.backward();
            _optimizer.step();
            lossSum.add_(loss.detach() * rows.shape[0]);
            correct.add_(outputs.argmax(1).eq(y).sum());
        }
        if (!float.IsFinite(lossSum.item<float>()) || correct.item<long>() == 0)
            throw new InvalidOperationException("the hand-written loop learns nothing.");
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        foreach (var module in modules)
            module.Dispose();
        features.Dispose();
        labels.Dispose();
    }
}
