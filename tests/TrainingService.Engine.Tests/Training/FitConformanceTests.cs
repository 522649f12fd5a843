using TorchSharp;
using TrainingService.Engine.Callbacks;
using TrainingService.Engine.Random;
using TrainingService.Engine.Tests.Conformance;
using TrainingService.Engine.Training;

namespace TrainingService.Engine.Tests.Training;

[Collection(TrainingCollection.Name)]
public class FitConformanceTests
{
    public static TheoryData<string> Fits => Keras.Ids("fit");

    public static TheoryData<string> Evaluations => Keras.Ids("evaluate");

    [Theory, MemberData(nameof(Fits))]
    public void Fit_ends_with_the_history_and_weights_of_Keras(string id)
    {
        using var scope = torch.NewDisposeScope();
        var item = Keras.Case("fit", id);
        using var compiled = new CompiledModel(item, "initial_weights");
        var fit = item.GetProperty("fit");
        using var validation = Keras.Has(fit, "validation_data", out var rows)
            ? CompiledModel.Rows(rows[0], rows[1], fit.GetProperty("batch_size").GetInt32(), new RandomStreams(1)) : null;
        using var history = new History();

        compiled.Trainer.Fit(compiled.Data, new FitOptions { Epochs = fit.GetProperty("epochs").GetInt32(), Validation = validation, Callbacks = [history] });

        Assert.Equal(item.GetProperty("expected_epochs").EnumerateArray().Select(epoch => epoch.GetInt32()), history.Epochs);
        var expected = item.GetProperty("expected_history");
        Assert.Equal(expected.EnumerateObject().Select(figure => figure.Name).Order(), history.Figures.Keys.Order());
        foreach (var figure in expected.EnumerateObject())
            Keras.Close(item, Keras.Nested(figure.Value, "float32"), torch.tensor(history.Figures[figure.Name]), figure.Name);
        foreach (var weight in item.GetProperty("expected_weights").EnumerateArray())
            Keras.Close(item, Keras.Tensor(weight), compiled.Weight(weight).Value, weight.GetProperty("path").GetString()!, weight);
    }

    [Theory, MemberData(nameof(Evaluations))]
    public void Evaluate_and_predict_give_the_numbers_of_Keras(string id)
    {
        using var scope = torch.NewDisposeScope();
        var item = Keras.Case("evaluate", id);
        using var compiled = new CompiledModel(item, "weights");

        Keras.Close(item, Keras.Tensor(item.GetProperty("expected_predict")), compiled.Trainer.Predict(compiled.Data), "predict");

        var logs = compiled.Trainer.Evaluate(compiled.Data);
        foreach (var figure in item.GetProperty("expected_evaluate").EnumerateObject())
            Keras.Close(figure.Value.GetDouble(), logs[figure.Name], Keras.Tolerance("atol", item), Keras.Tolerance("rtol", item), figure.Name);
    }
}
