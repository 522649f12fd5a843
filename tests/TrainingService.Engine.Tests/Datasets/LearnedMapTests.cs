using TorchSharp;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Datasets;
using TrainingService.Engine.Random;
using TrainingService.Engine.Tests.Training;
using Batch = TrainingService.Contracts.Datasets.Batch;

namespace TrainingService.Engine.Tests.Datasets;

/// <summary>Layers learn from the training rows and from nothing else.</summary>
[Collection(TrainingCollection.Name)]
public class LearnedMapTests
{
    [Fact]
    public void A_layer_learns_from_the_rows_that_are_left_whatever_stands_in_front_of_take()
    {
        foreach (var steps in new PipelineStep[][] { [new Take(11), new Map(new Normalization())], [new Map(new Normalization()), new Take(11), new Shuffle(11)] })
        {
            using var pipeline = RowPipelines.Make(100, [.. steps, new Batch(11)]);
            var learned = Assert.IsType<Normalization>(Assert.Single(pipeline.Learned).Layer);
            Assert.Equal(5, learned.Mean!.Values[0], 1e-6);
            Assert.Equal(10, learned.Variance!.Values[0], 1e-5);
            Assert.Equal(0, RowPipelines.Features(pipeline, 0).Sum(), 1e-4);
        }
    }

    [Fact]
    public void Other_rows_are_prepared_with_what_the_training_rows_have_taught()
    {
        using var train = RowPipelines.Make(11, new Map(new Normalization()), new Batch(11));
        using var watched = new Pipeline(RowPipelines.Of(100), [new Skip(50), new Take(1), new Map(new Normalization())], 4, new RandomStreams(1), "validation", new PipelineContext { Learned = train.Learned });
        Assert.Equal((50 - 5) / Math.Sqrt(10), RowPipelines.Features(watched, 0)[0], 1e-4);
        Assert.Contains("training", Assert.Throws<DatasetException>(() => new Pipeline(
            RowPipelines.Of(100), [new Map(new Discretization(NumBins: 3))], 4, new RandomStreams(1), "validation", new PipelineContext { Learned = train.Learned })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_become_numbers_of_words_of_the_training_rows()
    {
        string[] texts = ["a cat", "a dog sat", "a cat sat down", "unheard of words"];
        using var pipeline = RowPipelines.Make(Texts(texts), new PipelineContext(), new Take(3), new Map(new TextVectorization(OutputSequenceLength: 4)), new Batch(3));
        Assert.Equal(new Shape(null, 4), pipeline.FeatureShape);
        // By falling count, then by falling word: a 3, sat 2, cat 2, down 1, dog 1; 0 fills up and 1 is an unknown word.
        Assert.Equal([2, 4, 0, 0, 2, 6, 3, 0, 2, 4, 3, 5], RowPipelines.Features(pipeline, 0));
        using var counted = RowPipelines.Make(Texts(texts), new PipelineContext(), new Map(new TextVectorization(OutputMode: CategoryOutput.MultiHot)), new Batch(4));
        Assert.Equal(9, counted.FeatureShape[1]);
        using var padded = RowPipelines.Make(Texts(texts), new PipelineContext(), new Map(new TextVectorization()), new BucketBySequenceLength([3], [2, 2]));
        Assert.Equal([[1, 2], [1, 3], [2, 4]], RowPipelines.Shapes(padded).OrderBy(shape => shape[1]));
    }

    [Fact]
    public void Layers_that_have_learned_compute_the_same_as_layers_that_were_given_it()
    {
        var words = new LearnedMap[1];
        using (var pipeline = RowPipelines.Make(Texts(["x y", "y z", "z z"]), new PipelineContext(), new Map(new TextVectorization(OutputMode: CategoryOutput.TfIdf)), new Batch(3)))
        {
            words[0] = pipeline.Learned[0];
            using var given = RowPipelines.Make(Texts(["x y", "y z", "z z"]), new PipelineContext(), new Map(words[0].Layer), new Batch(3));
            Assert.Empty(given.Learned);
            Assert.Equal(RowPipelines.Features(pipeline, 0), RowPipelines.Features(given, 0));
        }
    }

    internal static RowSet Texts(IReadOnlyList<string> texts) => new(
    [
        new Component("features", ComponentRole.Feature, new TextColumn(texts)),
        new Component("labels", ComponentRole.Label, new TensorColumn(torch.arange(texts.Count).DetachFromDisposeScope())),
    ]);
}
